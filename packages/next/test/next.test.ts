import type { RequestListener } from 'node:http'
import { type AdapterFixture, adapterContract } from '@single-state/testing/adapter-contract'
import { beforeAll, describe, it, vi } from 'vitest'
import { actionTests } from './action-tests.ts'
import { type Bench, withNext } from './bench.ts'
import { buildFixture, loadFixture } from './fixture-application.ts'
import { handlerTests } from './handler-tests.ts'
import { notInActions, notInPages, notInProxiedPages, notInRouteHandlers } from './not-applicable.ts'
import { pageTests } from './page-tests.ts'
import { type Place, page, proxiedAction, proxiedPage, routeHandler, startPlace } from './places.ts'
import { processTests } from './process-tests.ts'
import { proxyTests } from './proxy-tests.ts'

let listener: RequestListener

beforeAll(async () => {
  // Next.js writes down what pages throw, and here they throw for a living.
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  await buildFixture()
  const handle = await loadFixture()
  listener = (request, response) => void handle(request, response)
}, 180_000)

function column(name: string, place: Place, notApplicable: NonNullable<AdapterFixture['notApplicable']>): void {
  adapterContract({ describe, it }, { name, start: (given) => startPlace(listener, place, given), notApplicable })
}

column('Next.js route handler', routeHandler, notInRouteHandlers)
column('Next.js page', page, notInPages)
column('Next.js page behind the proxy', proxiedPage, notInProxiedPages)
column('Next.js server action behind the proxy', proxiedAction, notInActions)

const run = (test: (bench: Bench) => Promise<void>) => () => withNext(listener, test)
for (const register of [pageTests, handlerTests, actionTests, proxyTests]) register(run)
processTests()
