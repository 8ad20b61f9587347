import { setTimeout as wait } from 'node:timers/promises'
import { type CommandProcess, runProcess } from '../command-process.ts'
import { sessionIdOf, signIn } from './calls.ts'
import { createLedger } from './ledger.ts'
import { createRandom } from './random.ts'
import { createSubject, type Subject } from './subject.ts'
import { createWriter, type Writer } from './writer.ts'

/** What to do, and how long. */
export interface KillLoopOptions {
  readonly kills: number
  /** Decides what is written and how long each process lives; not how fast the machine is. */
  readonly seed: number
  /** Sessions that are written to at once. */
  readonly writers: number
  readonly onRound?: (line: string) => void
}

/** What was seen. */
export interface KillLoopFigures {
  readonly kills: number
  /** Of them, those that came before the gateway had answered anything. */
  readonly killsAtStart: number
  readonly acknowledged: number
  /** Writes whose answer a kill took away, and how many of them had been applied all the same. */
  readonly unsure: number
  readonly unsureApplied: number
  readonly exchanges: number
  /** Sessions created while the gateway was about to be killed. */
  readonly signIns: number
  readonly auditRecords: number
  /** Median time from the start of the process until it listens. */
  readonly startMs: number
}

/** The longest life of a process once it listens. */
const longestLifeMs = 700
/** One kill in ten comes while the gateway is still opening its store. */
const shareAtStart = 0.1
const longestStartMs = 900

/**
 * Kills a gateway while writes are under way, starts it again and looks whether everything is as it was acknowledged; again
 * and again.
 *
 * @throws Error that says what was lost, doubled or torn.
 */
export async function runKillLoop({ kills, seed, writers: count, onRound = () => undefined }: KillLoopOptions): Promise<KillLoopFigures> {
  const random = createRandom(seed)
  const subject = await createSubject()
  const ledger = createLedger(subject)
  const gateway = createMortal(subject)
  const figures = { kills: 0, killsAtStart: 0, unsure: 0, unsureApplied: 0, signIns: 0 }
  const writers: Writer[] = []
  let newcomers: readonly string[] = []

  async function checkAndSettle(): Promise<void> {
    figures.unsure += writers.filter((writer) => writer.isUnsure()).length
    figures.unsureApplied += await ledger.check(writers, newcomers)
    figures.signIns += newcomers.length
    for (const writer of writers) await writer.settle()
  }

  async function round(): Promise<void> {
    const leaves = new AbortController()
    const work = [signInUntilAway(subject, leaves.signal), ...writers.map((writer) => writer.run(leaves.signal))] as const
    await wait(random() * longestLifeMs)
    await gateway.kill()
    figures.kills += 1
    leaves.abort()
    ;[newcomers] = await Promise.all(work)
    if (random() < shareAtStart && figures.kills < kills) {
      await gateway.killStarting(random() * longestStartMs)
      figures.kills += 1
      figures.killsAtStart += 1
    }
    await gateway.start()
    await checkAndSettle()
    onRound(`${figures.kills} of ${kills} kills, ${acknowledgedBy(writers)} writes acknowledged, ${ledger.records()} audit records`)
  }

  try {
    await gateway.start()
    for (let index = 0; index < count; index++) writers.push(await newWriter(subject, random))
    while (figures.kills < kills) await round()
    // Once more, now that nothing is unsure: versions and records are equal to the letter.
    await ledger.check(writers, newcomers)
    await verifyByCommand(subject)
    await gateway.stop()
    const exchanges = writers.reduce((sum, writer) => sum + writer.figures.exchanges, 0)
    return {
      ...figures,
      acknowledged: acknowledgedBy(writers),
      exchanges,
      auditRecords: ledger.records(),
      startMs: gateway.medianStartMs(),
    }
  } finally {
    await gateway.kill()
    subject.remove()
  }
}

/** A gateway that is started and killed, one process at a time. */
function createMortal(subject: Subject) {
  const startsMs: number[] = []
  let running: CommandProcess | null = null

  async function kill(): Promise<void> {
    running?.kill('SIGKILL')
    await running?.ended
    running = null
  }

  return {
    kill,
    async start() {
      const startedAt = performance.now()
      running = subject.start()
      await running.line(/^listening/)
      startsMs.push(performance.now() - startedAt)
    },
    async killStarting(afterMs: number) {
      running = subject.start()
      await wait(afterMs)
      await kill()
    },
    async stop() {
      running?.kill('SIGTERM')
      const code = await running?.ended
      if (code !== 0) throw new Error(`asked to stop, the gateway ended with ${code}: ${running?.err.join('\n')}`)
      running = null
    },
    medianStartMs: () => Math.round([...startsMs].sort((a, b) => a - b)[Math.floor(startsMs.length / 2)] ?? 0),
  }
}

async function newWriter(subject: Subject, random: () => number): Promise<Writer> {
  const token = await signIn(subject, 'ada')
  if (token === null) throw new Error('nobody could sign in')
  return createWriter(subject, token, createRandom(Math.floor(random() * 2 ** 32)))
}

/** Ids of the sessions that browsers have been given. */
async function signInUntilAway(subject: Subject, signal: AbortSignal): Promise<readonly string[]> {
  const ids: string[] = []
  while (!signal.aborted) {
    const token = await signIn(subject, 'bob')
    if (token === null) return ids
    ids.push(sessionIdOf(token))
  }
  return ids
}

async function verifyByCommand({ folder, origin, keys }: Subject): Promise<void> {
  const env = { SINGLE_STATE_GATEWAY: origin, SINGLE_STATE_OPERATOR_KEY: keys.operator }
  const { code, out, err } = await runProcess(folder, ['audit', 'verify'], env)
  if (code !== 0) throw new Error(`single-state audit verify exited with ${code}: ${out}${err}`)
}

function acknowledgedBy(writers: readonly Writer[]): number {
  return writers.reduce((sum, writer) => sum + writer.acknowledged.length, 0)
}
