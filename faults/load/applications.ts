import { createFaultProxy } from '@single-state/testing'
import { applicationNemeses } from '../nemeses/applications.ts'
import type { Nemesis } from '../nemeses/nemesis.ts'
import type { Site } from '../site/site.ts'
import { type Application, createApplication } from './application.ts'
import { startApplicationProcess } from './application-process.ts'
import type { Recorder } from './recorder.ts'

/** How many applications there are, and how fresh they read; `mixed` is every other one `strict`. */
export interface ApplicationsOptions {
  readonly site: Site
  readonly recorder: Recorder
  readonly count: number
  readonly freshness: 'live' | 'strict' | 'mixed'
}

/** Several processes of one application, and what can happen to them. */
export interface Applications {
  readonly all: readonly Application[]
  readonly nemeses: readonly Nemesis[]
  stop(): Promise<void>
}

/** Clients in this process, each with a memory and connections of its own: quick to start, and stopped by nobody. */
export function createApplicationsHere({ site, recorder, count, freshness }: ApplicationsOptions): Applications {
  const all = Array.from({ length: count }, (_, index) =>
    createApplication(`portal-${index}`, freshnessOf(freshness, index), site, recorder),
  )
  const stop = async () => {
    for (const application of all) application.close()
  }
  return { all, nemeses: [], stop }
}

/** Real processes, each with its own way to the load balancer. */
export async function startApplicationProcesses({ site, recorder, count, freshness }: ApplicationsOptions): Promise<Applications> {
  const target = { host: 'localhost', port: Number(new URL(site.origin).port) }
  const ways = await Promise.all(Array.from({ length: count }, () => createFaultProxy({ target })))
  const started = await Promise.allSettled(
    ways.map(({ port }, index) => {
      const ownWay = { keys: site.keys, origin: `http://127.0.0.1:${port}` }
      return startApplicationProcess({ name: `portal-${index}`, freshness: freshnessOf(freshness, index), site: ownWay }, recorder)
    }),
  )
  const all = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const stop = async () => void (await Promise.all([...all.map((each) => each.stop()), ...ways.map((way) => way.close())]))
  const failed = started.find((each) => each.status === 'rejected')
  if (failed) {
    await stop()
    throw failed.reason
  }
  return { all, nemeses: applicationNemeses(all, ways), stop }
}

function freshnessOf(wanted: ApplicationsOptions['freshness'], index: number): 'live' | 'strict' {
  if (wanted === 'mixed') return index % 2 ? 'live' : 'strict'
  return wanted
}
