import { between, oneOf, type Random } from '../../faults/load/random.ts'
import type { Scheduler } from '../world/scheduler.ts'
import type { Application } from './application.ts'
import type { Visitor } from './visitor.ts'

/** Work of application processes on a few sessions. */
export interface Workload {
  /** Puts an application to work, until the workload is over or its process is. */
  employ(application: Application): void
  /** Names an operation. */
  traceId(): string
  /** Reads a session at once, wherever a process runs: whoever is stale is so now. */
  readEverywhere(visitor: Visitor, freshness: 'live' | 'strict'): void
  /** Has some process write within the next moments. */
  writeSoon(mostMs?: number): void
  /** Has some process write on each session, between so and so many milliseconds from now. */
  writeOnEach(leastMs: number, mostMs: number): void
  /** Has a process read at any moment of the next while, stopped or not. */
  readDuring(application: Application, ms: number): void
}

interface WorkloadOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly visitors: readonly Visitor[]
  readonly applications: () => readonly Application[]
  /** True time. */
  readonly untilMs: number
}

/** Of what is done: most of it is reads, and a write takes half a second. */
const shares = { live: 0.87, strict: 0.08, stamp: 0.03, unsettled: 0.01, publish: 0.01 } as const

const workersEach = 3

/** 40 % of all processes do nothing but live reads: what they hold stays until a heartbeat drops it. */
const onlyReads = 0.4

export function createWorkload({ scheduler, random, visitors, applications, untilMs }: WorkloadOptions): Workload {
  let traces = 0
  const traceId = () => (++traces).toString(16).padStart(32, '0')

  function act(application: Application, action: keyof typeof shares): Promise<void> {
    const visitor = oneOf(random, visitors)
    switch (action) {
      case 'live':
        return application.read(visitor, traceId(), 'live')
      case 'strict':
        return application.read(visitor, traceId(), 'strict')
      case 'stamp':
        return application.stamp(visitor, traceId(), 'everywhere')
      case 'unsettled':
        return application.stamp(visitor, traceId(), 'commit')
      case 'publish':
        return application.publish(visitor, traceId())
    }
  }

  function write(visitor: Visitor, leastMs: number, mostMs: number): void {
    const application = oneOf(random, applications())
    const atMs = scheduler.nowMs() + between(random, leastMs, mostMs)
    application.process.deliver(atMs, () => void application.stamp(visitor, traceId(), 'everywhere'))
  }

  function work(application: Application, isReader: boolean): void {
    if (scheduler.nowMs() >= untilMs) return
    const again = () => application.process.timers.after(between(random, 2, 60), () => work(application, isReader))
    void act(application, isReader ? 'live' : drawn(random)).then(again)
  }

  return {
    traceId,
    employ(application) {
      const isReader = random() < onlyReads
      for (let worker = 0; worker < workersEach; worker += 1) {
        application.process.timers.after(between(random, 0, 60), () => work(application, isReader))
      }
    },
    readEverywhere(visitor, freshness) {
      for (const application of applications()) {
        if (application.process.isStopped()) continue
        application.process.deliver(scheduler.nowMs(), () => void application.read(visitor, traceId(), freshness))
      }
    },
    writeSoon: (mostMs = 300) => write(oneOf(random, visitors), 0, mostMs),
    writeOnEach(leastMs, mostMs) {
      for (const visitor of visitors) write(visitor, leastMs, mostMs)
    },
    readDuring(application, ms) {
      for (const visitor of visitors) {
        const atMs = scheduler.nowMs() + between(random, 0, ms + 2)
        application.process.deliver(atMs, () => void application.read(visitor, traceId(), 'live'))
      }
    },
  }
}

function drawn(random: Random): keyof typeof shares {
  let left = random()
  for (const [action, share] of Object.entries(shares)) {
    left -= share
    if (left < 0) return action as keyof typeof shares
  }
  return 'live'
}
