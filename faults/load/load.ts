import { setTimeout as pause } from 'node:timers/promises'
import type { Site } from '../site/site.ts'
import { type Application, createApplication, firstStamp } from './application.ts'
import { createCaller } from './call.ts'
import { createPersistentWriter } from './persistent-writer.ts'
import { between, createRandom, hex, oneOf, type Random } from './random.ts'
import type { Recorder } from './recorder.ts'
import { people, signIn, type Visitor } from './visitor.ts'
import { watch } from './watcher.ts'

/** How much is asked at once. */
export interface LoadOptions {
  readonly site: Site
  readonly recorder: Recorder
  readonly applications: readonly Application[]
  readonly seed: number
  /** Work that goes on at the same time, mostly each with one of the applications: one that is stopped stops its own. */
  readonly workers: number
  /** Living sessions that it is about. */
  readonly sessions: number
}

/** Work on a few sessions, by several processes of an application at once, until it is stopped. */
export interface Load {
  readonly figures: { readonly signIns: number; readonly signInsFailed: number; readonly exchanges: number }
  /** Everybody who has ever been signed in. */
  readonly everybody: readonly Visitor[]
  /** Stops to ask; resolves when the last answer is there. */
  stop(): Promise<void>
}

/** Of work that is being done: reads, conditional writes, alone and two at once, signals, repeats until the answer is known, ends. */
const shares = { read: 0.62, stamp: 0.1, duel: 0.1, publish: 0.06, persistent: 0.06, grave: 0.05, end: 0.01 } as const

/** Signs people in and starts to work. */
export async function startLoad({ site, recorder, applications, seed, workers, sessions }: LoadOptions): Promise<Load> {
  const random = createRandom(seed)
  const persistent = createPersistentWriter(createCaller(site.origin, site.keys.portal), recorder)
  const operator = createCaller(site.origin, site.keys.operator)
  const figures = { signIns: 0, signInsFailed: 0, exchanges: 0 }
  const everybody: Visitor[] = []
  const living: Visitor[] = []
  const graves: Visitor[] = []
  const stopping = new AbortController()
  let coming = 0

  async function enter(): Promise<void> {
    coming += 1
    const startMs = recorder.nowMs()
    try {
      const visitor = await signIn(site.origin, oneOf(random, people))
      const { session } = visitor
      const outcome = { status: 'ok', version: 1 } as const
      recorder.add({
        kind: 'write',
        process: 'browser',
        session,
        id: firstStamp(session),
        basedOn: 0,
        startMs,
        endMs: recorder.nowMs(),
        outcome,
      })
      everybody.push(visitor)
      living.push(visitor)
      figures.signIns += 1
    } catch {
      figures.signInsFailed += 1
      await pause(200)
    } finally {
      coming -= 1
    }
  }

  function bury(visitor: Visitor): void {
    living.splice(living.indexOf(visitor), 1)
    graves.push(visitor)
    if (graves.length > 3) graves.shift()
  }

  /** By the person, or by an operator. */
  async function end(visitor: Visitor, traceId: string): Promise<void> {
    bury(visitor)
    if (random() < 0.5) return oneOf(random, applications).signOut(visitor, traceId)
    const startMs = recorder.nowMs()
    const { session } = visitor
    const answer = await operator({ method: 'DELETE', path: `/v1/sessions/${session}`, body: { reason: 'fault_run' } })
    const isRefused = answer !== null && ['store_unavailable', 'audit_unavailable'].includes(answer.body.code)
    const status = answer?.status === 200 ? 'ok' : isRefused ? 'refused' : 'unknown'
    recorder.add({ kind: 'end', process: 'operator', session, startMs, endMs: recorder.nowMs(), outcome: { status } })
  }

  async function step(application: Application): Promise<void> {
    if (living.length + coming < sessions) return enter()
    const visitor = oneOf(random, living)
    if (!visitor) return void (await pause(20))
    const traceId = hex(random, 32)
    const before = visitor.token()
    const action = draw(random)
    if (action === 'end') await end(visitor, traceId)
    else if (action === 'persistent') await persistent.publish(visitor, traceId, stopping.signal)
    else if (action === 'grave') await application.read(graves.length > 0 ? oneOf(random, graves) : visitor, traceId)
    else if (action === 'duel')
      await Promise.all([application, oneOf(random, applications)].map((each) => each.stamp(visitor, hex(random, 32))))
    else if (action === 'read') await readOften(application, visitor)
    else await application[action](visitor, traceId)
    if (visitor.token() !== before) figures.exchanges += 1
  }

  /** What a lease answers takes no time, and is what has to be watched most. */
  async function readOften(application: Application, visitor: Visitor): Promise<void> {
    for (let left = between(random, 1, 8); left > 0; left -= 1) await application.read(visitor, hex(random, 32))
  }

  async function work(application: Application): Promise<void> {
    while (!stopping.signal.aborted) {
      await step(application)
      await pause(between(random, 2, 12))
    }
  }

  while (living.length < sessions) await enter()
  const watcher = createApplication('watcher', 'strict', site, recorder)
  const watching = watch(watcher, living, createRandom(seed + 2), stopping.signal)
  const working = [
    watching,
    ...Array.from({ length: workers }, (_, index) => work(applications[index % applications.length] as Application)),
  ]
  return {
    figures,
    everybody,
    async stop() {
      stopping.abort()
      await Promise.all(working)
      watcher.close()
    },
  }
}

function draw(random: Random): keyof typeof shares {
  let left = random()
  for (const [action, share] of Object.entries(shares)) {
    left -= share
    if (left < 0) return action as keyof typeof shares
  }
  return 'read'
}
