/** A rule of the protocol, broken in one place. */
export interface Mutant {
  /** What is wrong with it. */
  readonly what: string
  /** From the root of the repository. */
  readonly file: string
  /** Whole lines of that file, and what stands there instead. */
  readonly lines: readonly (readonly [found: string, instead: string])[]
  /** The only kind of store that it can be seen on; both where none is named. */
  readonly store?: 'single' | 'pair'
}

const core = 'packages/core/src'
const gateway = 'packages/gateway/src'

/** Every one of these loses what a rule promises; the checkers must see it. */
const broken = {
  'validity-from-reply': {
    what: 'a lease counts from the answer of its heartbeat, not from before it was queued',
    file: `${core}/client/heartbeat.ts`,
    lines: [
      [
        "if (answer.kind === 'ok') take(answer.value, queued)",
        "if (answer.kind === 'ok') take(answer.value, { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() })",
      ],
    ],
  },
  'expiry-by-timer': {
    what: 'a timer ends the lease, and a read does not compare',
    file: `${core}/client/heartbeat.ts`,
    lines: [
      [
        'cache.renew(lease, isContinued ? changed : null)',
        `const endless = { ...lease, validUntilMs: Infinity }
         cache.renew(endless, isContinued ? changed : null)
         const end = () => { if (cache.lease() === endless) cache.renew({ ...lease, validUntilMs: -Infinity }, []) }
         timers.inBackground(lease.validUntilMs - clock.monotonicMs(), end)`,
      ],
    ],
  },
  'no-install-rule': {
    what: 'an answer that is older than what a heartbeat has dropped is kept',
    file: `${core}/consistency/lease.ts`,
    lines: [['return read !== null && read.epoch === lease.epoch && read.seq >= lease.seq', 'return true']],
  },
  'no-high-water-rule': {
    what: 'an answer that is older than what was shown before is shown',
    file: `${core}/cache/snapshot-cache.ts`,
    lines: [["if (kept.version < (highest.get(arrived.id) ?? 0)) return { kind: 'passed' }", '']],
  },
  'wait-halved': {
    what: 'a write waits half as long before it is acknowledged',
    file: `${gateway}/leases/settle.ts`,
    lines: [['const endsAtMs = monotonicMs() + waitMs', 'const endsAtMs = monotonicMs() + waitMs / 2']],
  },
  'poll-reused': {
    what: 'a heartbeat is answered from a look of the last 200 ms',
    file: `${gateway}/leases/poll.ts`,
    lines: [
      [
        'waiting.push({ question, resolve, reject })',
        `if (tail !== null && monotonicMs() - startedAtMs < 200) return resolve(answerFrom(tail, question))
         waiting.push({ question, resolve, reject })`,
      ],
    ],
  },
  'end-without-wait': {
    what: 'an end is acknowledged as soon as it is committed',
    file: `${gateway}/routes/end-session.ts`,
    lines: [['await settled', '']],
  },
  'repeat-without-wait': {
    what: 'the repeat of an applied write is acknowledged at once',
    file: `${gateway}/routes/commit.ts`,
    lines: [["if (settle !== 'commit') await ports.settling.begin()", '']],
  },
  'strict-joins-flight': {
    what: 'a strict read joins a request that has left already',
    file: `${core}/cache/flights.ts`,
    lines: [
      ['waiting.delete(id)\n      inTheAir.add(id)', 'inTheAir.add(id)'],
      ['for (const [id] of batch) inTheAir.delete(id)', 'for (const [id] of batch) { inTheAir.delete(id); waiting.delete(id) }'],
    ],
  },
  'poll-without-replicas': {
    what: 'the poll of a gateway does not wait for what its replica acknowledges',
    file: 'simulation/site/replicated-store.ts',
    lines: [['if (isThere) resolve({ seq })', 'if (true) resolve({ seq })']],
    store: 'pair',
  },
  'look-under-a-lease': {
    what: 'a heartbeat is answered under the lease of an earlier poll, not after a poll of its own',
    file: `${gateway}/stores/redis/session-calls.ts`,
    lines: [['link.mayBeReplaced() ? link.acknowledged() : undefined', 'link.covers(0)']],
    store: 'pair',
  },
  'no-store-lease': {
    what: 'a primary is believed however long ago its replica was heard of',
    file: `${gateway}/stores/redis/replica-lease.ts`,
    lines: [['if (!isYoung || seq > coveredSeq) await join()', 'if (seq > coveredSeq) await join()']],
    store: 'pair',
  },
  'commit-without-replicas': {
    what: 'a change is acknowledged before the replica has it',
    file: `${gateway}/stores/redis/session-calls.ts`,
    lines: [['await link.acknowledged()\n        return reply', 'return reply']],
    store: 'pair',
  },
  'dirty-read': {
    what: 'a session is served that changed after the last poll',
    file: `${gateway}/stores/redis/replica-lease.ts`,
    lines: [['if (!isYoung || seq > coveredSeq) await join()', 'if (!isYoung) await join()']],
    store: 'pair',
  },
  'told-before-taken-in': {
    what: 'a process says that it has taken in what it was told of, a moment before it does',
    file: `${core}/client/heartbeat.ts`,
    lines: [
      ['let failures = 0', 'let failures = 0\n  let told: HeartbeatAnswer | null = null'],
      ['const held = cache.lease()', 'const held = told ?? cache.lease()'],
      [
        "if (answer.kind === 'ok') take(answer.value, queued)",
        `if (answer.kind === 'ok') {
          told = answer.value
          timers.inBackground(60, () => take(answer.value, queued))
        }`,
      ],
    ],
  },
  'no-grace-after-failover': {
    what: 'the readers that a new primary knows are believed to be all there are',
    file: `${gateway}/leases/readers.ts`,
    lines: [
      [
        'if (sighted.epoch !== change.epoch || nowMs - sighted.firstMs < waitMs) return false',
        'if (sighted.epoch !== change.epoch) return false',
      ],
    ],
    store: 'pair',
  },
  'lease-before-it-is-known': {
    what: 'a heartbeat is answered before the store knows of its process',
    file: `${gateway}/leases/poll.ts`,
    lines: [
      ['let looks = 0', 'let looks = 0\n  let earlier: readonly Waiter[] = []'],
      ['asked.epoch, heardFrom(answered))', 'asked.epoch, heardFrom(earlier))'],
      ['for (const write of begun) release', 'earlier = answered\n      for (const write of begun) release'],
    ],
  },
  'reader-forgotten-early': {
    what: 'a reader that was not heard of is forgotten while its lease may still hold',
    file: `${gateway}/leases/readers.ts`,
    lines: [['.filter(({ sinceMs }) => nowMs - sinceMs >= waitMs)', '.filter(({ sinceMs }) => nowMs - sinceMs >= waitMs / 2)']],
  },
  'release-by-an-earlier-look': {
    what: 'a write is acknowledged by a look at the readers that began before it was stored',
    file: `${gateway}/leases/poll.ts`,
    lines: [['for (const write of begun) release', 'for (const write of writes) release']],
  },
} as const satisfies Record<string, Mutant>

export type MutantName = keyof typeof broken

/** By name. */
export const mutants: Readonly<Record<MutantName, Mutant>> = broken
