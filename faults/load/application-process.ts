import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Operation } from '../history/operation.ts'
import type { Site } from '../site/site.ts'
import type { Application } from './application.ts'
import type { HumReport } from './hum.ts'
import type { Recorder } from './recorder.ts'
import type { Visitor } from './visitor.ts'

const main = fileURLToPath(new URL('./application-main.ts', import.meta.url))

/** What an application of its own process is told at its start. */
export interface ApplicationSettings {
  readonly name: string
  readonly freshness: 'strict' | 'live'
  readonly site: Pick<Site, 'origin' | 'keys'>
}

type Work = Exclude<keyof Application, 'hum' | 'close'>

/** What it is asked to do. */
export type ApplicationOrder =
  | { readonly id: number; readonly action: Work; readonly token: string; readonly traceId: string }
  | { readonly action: 'hum'; readonly tokens: readonly string[]; readonly readsPerSecond: number }

/** What it says: what it did, that an order is done and with which `Set-Cookie`, or how the hum goes. */
export type ApplicationReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'operation'; readonly operation: Operation }
  | { readonly kind: 'surprise'; readonly what: string }
  | { readonly kind: 'done'; readonly id: number; readonly cookies: readonly string[] }
  | ({ readonly kind: 'hum' } & HumReport)

/** An application in a process of its own, which can be stopped in the middle of whatever it does. */
export interface ApplicationProcess extends Application {
  readonly pid: number
  stop(): Promise<void>
}

/** Starts it; resolves when it takes orders. */
export async function startApplicationProcess(settings: ApplicationSettings, recorder: Recorder): Promise<ApplicationProcess> {
  const child = fork(main, [JSON.stringify(settings)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const waiting = new Map<number, (cookies: readonly string[]) => void>()
  let onHum: (report: HumReport) => void = () => undefined
  let orders = 0
  child.on('message', (report: ApplicationReport) => {
    if (report.kind === 'operation') recorder.add(report.operation)
    if (report.kind === 'surprise') recorder.surprise(report.what)
    if (report.kind === 'done') waiting.get(report.id)?.(report.cookies)
    if (report.kind === 'hum') onHum(report)
  })
  const failed = once(child, 'exit').then(() => {
    throw new Error(`application ${settings.name} ended`)
  })
  failed.catch(() => undefined)

  async function order(action: Work, visitor: Visitor, traceId: string): Promise<void> {
    orders += 1
    const id = orders
    const answered = new Promise<readonly string[]>((resolve) => waiting.set(id, resolve))
    send(child, { id, action, token: visitor.token(), traceId })
    const cookies = await Promise.race([answered, failed])
    waiting.delete(id)
    for (const cookie of cookies) visitor.keep(cookie)
  }

  const application: ApplicationProcess = {
    pid: child.pid ?? 0,
    read: (visitor, traceId) => order('read', visitor, traceId),
    stamp: (visitor, traceId) => order('stamp', visitor, traceId),
    publish: (visitor, traceId) => order('publish', visitor, traceId),
    signOut: (visitor, traceId) => order('signOut', visitor, traceId),
    hum(visitors, readsPerSecond, onReport) {
      onHum = onReport
      send(child, { action: 'hum', tokens: visitors.map((visitor) => visitor.token()), readsPerSecond })
    },
    close: () => void child.kill('SIGKILL'),
    stop: () => stop(child),
  }
  await Promise.race([once(child, 'message'), failed])
  return application
}

function send(child: ChildProcess, order: ApplicationOrder): void {
  child.send(order)
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
