import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkHistory } from './check-history.ts'
import { oneWinner } from './one-winner.ts'
import type { FinalSession, Operation, Violation } from './operation.ts'

const at = (startMs: number, endMs: number, process = 'p1') => ({ process, session: 's', startMs, endMs })
type When = ReturnType<typeof at>

const read = (when: When, version: number, stamp: string | null = `w${version}`, promise: 'strict' | 'live' = 'strict'): Operation => ({
  ...when,
  kind: 'read',
  promise,
  found: { status: 'active', version, stamp },
})
const found = (when: When, status: 'ended' | 'anonymous' | 'unknown', promise: 'strict' | 'live' = 'strict'): Operation => ({
  ...when,
  kind: 'read',
  promise,
  found: { status },
})
const wrote = (when: When, version: number, { basedOn = version - 1, id = `w${version}` }: { basedOn?: number | null; id?: string } = {}) =>
  ({ ...when, kind: 'write', id, basedOn, outcome: { status: 'ok', version } }) satisfies Operation
const tried = (when: When, id: string, status: 'refused' | 'unknown', basedOn: number | null = null): Operation => ({
  ...when,
  kind: 'write',
  id,
  basedOn,
  outcome: { status },
})
const end = (when: When, status: 'ok' | 'refused' | 'unknown' = 'ok'): Operation => ({ ...when, kind: 'end', outcome: { status } })

/** The session after writes w1, w2 and so on. */
const final = (version: number, more: Partial<FinalSession> = {}): FinalSession => ({
  session: 's',
  version,
  ended: false,
  records: Array.from({ length: version }, (_, index) => ({ version: index + 1, write: `w${index + 1}`, stamps: true })),
  ...more,
})

const rules = (history: readonly Operation[], state: FinalSession) => [...new Set(checkHistory(history, [state]).map(({ rule }) => rule))]

/** Histories that each break one rule. */
const bad: readonly [string, Violation['rule'], readonly Operation[], FinalSession][] = [
  ['a read that goes back', 'version-order', [wrote(at(0, 1), 1), read(at(2, 3), 2), read(at(4, 5, 'p2'), 1)], final(2)],
  ['a read that misses an acknowledged write', 'version-order', [wrote(at(0, 1), 1), wrote(at(2, 3), 2), read(at(4, 5), 1)], final(2)],
  [
    'a live read that misses an acknowledged write of another process',
    'version-order',
    [wrote(at(0, 1), 1), wrote(at(2, 3), 2), read(at(4, 5, 'p2'), 1, 'w1', 'live')],
    final(2),
  ],
  [
    'a live read that goes back in its own process',
    'version-order',
    [wrote(at(0, 1), 1), tried(at(1, 9), 'w2', 'unknown', 1), read(at(2, 3), 2, 'w2', 'live'), read(at(4, 5), 1, 'w1', 'live')],
    final(2),
  ],
  [
    'a write that is answered with a version that was there before',
    'version-order',
    [wrote(at(0, 1), 1), read(at(2, 3), 2), wrote(at(4, 5), 2, { basedOn: null })],
    final(2),
  ],
  [
    'a write that was told an older version than it made',
    'version-order',
    [wrote(at(0, 1), 1), wrote(at(2, 3), 2, { basedOn: null, id: 'w3' }), tried(at(0, 9), 'w2', 'unknown')],
    final(3),
  ],
  [
    'two winners of one version',
    'one-winner',
    [wrote(at(0, 1), 1), wrote(at(2, 5), 2), wrote(at(2, 5, 'p2'), 3, { basedOn: 1 })],
    final(3),
  ],
  ['two documents of one version', 'one-winner', [wrote(at(0, 1), 1), read(at(2, 3), 1), read(at(2, 3, 'p2'), 1, 'other')], final(1)],
  [
    'a lost update: applied to another version than it was based on',
    'one-winner',
    [wrote(at(0, 1), 1), tried(at(2, 9), 'w3', 'unknown', 1), tried(at(2, 9), 'w2', 'unknown', 1)],
    final(3),
  ],
  [
    'an active read after an acknowledged end',
    'ended-is-final',
    [wrote(at(0, 1), 1), end(at(2, 3)), read(at(4, 5, 'p2'), 1)],
    final(1, { ended: true }),
  ],
  [
    'an active live read after an acknowledged end',
    'ended-is-final',
    [wrote(at(0, 1), 1), end(at(2, 3)), read(at(4, 5, 'p2'), 1, 'w1', 'live')],
    final(1, { ended: true }),
  ],
  [
    'a session that comes back after a read has found it ended',
    'ended-is-final',
    [wrote(at(0, 1), 1), end(at(1, 9), 'unknown'), found(at(2, 3), 'ended'), read(at(4, 5, 'p2'), 1)],
    final(1, { ended: true }),
  ],
  [
    'a write to a session that has ended',
    'ended-is-final',
    [wrote(at(0, 1), 1), end(at(2, 3)), wrote(at(4, 5, 'p2'), 2)],
    final(2, { ended: true }),
  ],
  ['an acknowledged end that is gone', 'ended-is-final', [wrote(at(0, 1), 1), end(at(2, 3))], final(1)],
  ['a sign-out that nobody asked for', 'false-sign-out', [wrote(at(0, 1), 1), found(at(2, 3), 'ended')], final(1)],
  ['a person who is suddenly anonymous', 'false-sign-out', [wrote(at(0, 1), 1), found(at(2, 3), 'anonymous')], final(1)],
  [
    'a sign-out before its end was asked for',
    'false-sign-out',
    [wrote(at(0, 1), 1), found(at(2, 3), 'ended'), end(at(4, 5))],
    final(1, { ended: true }),
  ],
  ['a sign-out after a refused end', 'false-sign-out', [wrote(at(0, 1), 1), end(at(1, 2), 'refused'), found(at(3, 4), 'ended')], final(1)],
  ['a session that has ended for nobody', 'false-sign-out', [wrote(at(0, 1), 1)], final(1, { ended: true })],
  ['an acknowledged write without a record', 'acknowledged-write-lost', [wrote(at(0, 1), 1), wrote(at(2, 3), 2)], final(1)],
  ['a version that was read and is gone', 'acknowledged-write-lost', [wrote(at(0, 1), 1), read(at(2, 3), 2)], final(1)],
  ['a session that is gone', 'acknowledged-write-lost', [wrote(at(0, 1), 1)], { ...final(1), session: 'another' }],
  [
    'a write that is applied twice',
    'applied-twice',
    [wrote(at(0, 1), 1), wrote(at(2, 3), 2)],
    final(3, { records: [1, 2, 3].map((version) => ({ version, write: `w${Math.min(version, 2)}`, stamps: true })) }),
  ],
  [
    'a refused write that is applied all the same',
    'refused-but-applied',
    [wrote(at(0, 1), 1), tried(at(2, 3), 'w2', 'refused', 1)],
    final(2),
  ],
  ['a version without a record', 'audit-equals-versions', [wrote(at(0, 1), 1)], final(2, { records: final(1).records })],
  [
    'records out of order',
    'audit-equals-versions',
    [wrote(at(0, 1), 1)],
    final(3, { records: [1, 3, 2].map((version) => ({ version, write: `w${version}`, stamps: true })) }),
  ],
  ['a record too many', 'audit-equals-versions', [wrote(at(0, 1), 1)], final(1, { records: final(2).records })],
  ['a document of another version', 'document-of-its-version', [wrote(at(0, 1), 1), wrote(at(2, 3), 2), read(at(4, 5), 2, 'w1')], final(2)],
]

describe('the history checkers', () => {
  it.each(bad)('find %s', (_, rule, history, state) => {
    expect(rules(history, state)).toContain(rule)
  })

  it.each(bad)('find nothing else in %s', (_, rule, history, state) => {
    const alone = rules(history, state).filter((other) => other !== rule)
    // What is lost or doubled shows in the audit and in the document as well.
    expect(
      alone.filter((other) => !['audit-equals-versions', 'document-of-its-version', 'acknowledged-write-lost'].includes(other)),
    ).toEqual([])
  })

  it('need no audit to see two winners, or a write that made nothing newer', () => {
    const winners = [wrote(at(2, 5), 2), wrote(at(2, 5, 'p2'), 3, { basedOn: 1 })]
    expect(oneWinner(winners)).toMatchObject([{ what: 'two writes based on version 1 were acknowledged', operations: winners }])
    expect(oneWinner([wrote(at(2, 5), 2, { basedOn: 2 })])).toMatchObject([{ what: 'a write made version 2 no newer' }])
  })

  it('let a live read not know of an end that only another process was told of, while nobody has acknowledged it', () => {
    const history = [wrote(at(0, 1), 1), end(at(1, 9)), found(at(2, 3, 'p2'), 'ended'), read(at(4, 5, 'p3'), 1, 'w1', 'live')]
    expect(checkHistory(history, [final(1, { ended: true })])).toEqual([])
  })

  it('let a live read be older than what the answer of another write shows beside its own version', () => {
    // w2 made version 2; version 3 is of a write that nobody has acknowledged yet.
    const shown = wrote(at(2, 5), 3, { basedOn: 1, id: 'w2' })
    const history = [wrote(at(0, 1), 1), tried(at(3, 9, 'p2'), 'w3', 'unknown', 2), shown, read(at(6, 7, 'p3'), 2, 'w2', 'live')]
    expect(rules(history, final(3))).toEqual([])
  })

  it.each([
    [18, ['applied-twice']],
    [19, []],
  ])('let a signal be applied again after more than 16 other writes only: at version %i', (version, expected) => {
    const records = Array.from({ length: version }, (_, index) => {
      const isSignal = index === 1 || index === version - 1
      return { version: index + 1, write: isSignal ? 'ping' : `w${index + 1}`, stamps: !isSignal }
    })
    const history = [wrote(at(0, 1), 1), wrote(at(2, 3), version, { basedOn: null, id: 'ping' })]
    expect(rules(history, final(version, { records }))).toEqual(expected)
  })

  it('let a live read be older than what another process was told before the write was acknowledged', () => {
    const history = [wrote(at(0, 1), 1), wrote(at(2, 9), 2), read(at(3, 4, 'p2'), 2), read(at(5, 6, 'p3'), 1, 'w1', 'live')]
    expect(checkHistory(history, [final(2)])).toEqual([])
  })

  it('let operations that overlap come in either order, unknown ends be, and a repeat be told a later version', () => {
    const history = [
      wrote(at(0, 1), 1),
      wrote(at(2, 5), 2),
      read(at(3, 5, 'p2'), 1),
      wrote(at(6, 20), 4, { basedOn: 2, id: 'w3' }),
      wrote(at(8, 12, 'p2'), 4, { basedOn: 3 }),
      end(at(21, 22), 'unknown'),
      found(at(30, 31), 'ended'),
      found(at(30, 31), 'unknown'),
    ]
    expect(checkHistory(history, [final(4, { ended: true })])).toEqual([])
  })
})

interface Step {
  readonly kind: 'read' | 'write' | 'signal' | 'conflict' | 'end'
  readonly process: string
  readonly outcome: 'ok' | 'refused' | 'unknown'
  readonly applied: boolean
  readonly early: number
  readonly late: number
}

const steps = fc.array(
  fc.record<Step>({
    kind: fc.constantFrom('read', 'read', 'read', 'write', 'write', 'signal', 'conflict', 'end'),
    process: fc.constantFrom('p1', 'p2', 'p3'),
    outcome: fc.constantFrom('ok', 'ok', 'ok', 'unknown', 'refused'),
    applied: fc.boolean(),
    early: fc.integer({ min: 0, max: 45 }),
    late: fc.integer({ min: 0, max: 45 }),
  }),
  { maxLength: 40 },
)

/** What a session that is one thing in one place answers, each operation taking effect somewhere between its start and its end. */
function runModel(all: readonly Step[]): { history: Operation[]; state: FinalSession } {
  const records = [{ version: 1, write: 'w0', stamps: true }]
  const history: Operation[] = [wrote(at(-9, -8), 1, { id: 'w0' })]
  let ended = false
  let stamp = 'w0'
  all.forEach((step, index) => {
    const when = at(index * 10 - step.early, index * 10 + step.late, step.process)
    const id = `w${index + 1}`
    const takesEffect = step.outcome === 'ok' || (step.outcome === 'unknown' && step.applied)
    if (step.kind === 'read') {
      if (step.outcome !== 'ok') history.push(found(when, 'unknown'))
      else history.push(ended ? found(when, 'ended') : read(when, records.length, stamp, index % 2 ? 'live' : 'strict'))
    } else if (step.kind === 'end') {
      // One in four: most of a run is about a living session.
      if (step.late > 11) return
      history.push(end(when, step.outcome))
      ended ||= takesEffect
    } else if (step.kind === 'conflict' || ended || !takesEffect) {
      history.push(tried(when, id, step.outcome === 'unknown' ? 'unknown' : 'refused', step.kind === 'signal' ? null : records.length))
    } else {
      const basedOn = step.kind === 'signal' ? null : records.length
      records.push({ version: records.length + 1, write: id, stamps: step.kind === 'write' })
      if (step.kind === 'write') stamp = id
      history.push(step.outcome === 'ok' ? wrote(when, records.length, { basedOn, id }) : tried(when, id, 'unknown', basedOn))
    }
  })
  return { history, state: { session: 's', version: records.length, ended, records } }
}

describe('histories of one session in one place', () => {
  it('break no rule, in whatever order they are written down', () => {
    const shuffled = fc.tuple(steps, fc.infiniteStream(fc.nat())).map(([all, keys]) => {
      const { history, state } = runModel(all)
      const places = history.map((operation) => ({ operation, key: keys.next().value as number }))
      return { history: places.sort((a, b) => a.key - b.key).map(({ operation }) => operation), state }
    })
    fc.assert(
      fc.property(shuffled, ({ history, state }) => {
        expect(checkHistory(history, [state])).toEqual([])
      }),
    )
  })

  it('break one when any answer is older than what was told before', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, pick) => {
        const { history, state } = runModel(all)
        const told = history.filter((operation) => operation.kind === 'read' && operation.found.status === 'active')
        const chosen = told[pick % Math.max(1, told.length)]
        fc.pre(chosen?.kind === 'read' && chosen.found.status === 'active')
        const floor = history.filter(
          (operation) => operation.kind === 'write' && operation.outcome.status === 'ok' && operation.endMs < chosen.startMs,
        ).length
        fc.pre(floor > 1)
        const stale = {
          ...chosen,
          found: { status: 'active' as const, version: floor - 1, stamp: state.records[floor - 2]?.write ?? null },
        }
        const broken = history.map((operation) => (operation === chosen ? stale : operation))
        expect(checkHistory(broken, [state]).map(({ rule }) => rule)).toContain('version-order')
      }),
    )
  })

  it('break one when any acknowledged write is left out of the audit, or written there twice', () => {
    fc.assert(
      fc.property(steps, fc.nat(), fc.boolean(), (all, pick, twice) => {
        const { history, state } = runModel(all)
        const acknowledged = history.filter((operation) => operation.kind === 'write' && operation.outcome.status === 'ok')
        const chosen = acknowledged[pick % acknowledged.length]
        const mine = (write: string | null) => chosen?.kind === 'write' && write === chosen.id
        const records = state.records.flatMap((record) => (mine(record.write) ? (twice ? [record, record] : []) : [record]))
        const found = checkHistory(history, [{ ...state, records }]).map(({ rule }) => rule)
        expect(found).toContain(twice ? 'applied-twice' : 'acknowledged-write-lost')
      }),
    )
  })
})
