import type { Transport } from '@single-state/core'
import { createTestGateway, type SignedIn, type TestGateway } from '@single-state/testing'
import type { Scenario, Verdict } from '../anomaly.ts'
import { type Browser, openBrowser } from '../browser.ts'
import type { Scope } from '../scope.ts'
import { createHooks, ownRoutes, type Site } from '../site.ts'
import { contract } from './single-state-contract.ts'
import { type ApplicationParts, type Framework, onExpress, onHono } from './single-state-routes.ts'

type TransportRequest = Parameters<Transport>[0]
type TransportAnswer = Awaited<ReturnType<Transport>>

/** An application of this project over the real gateway, and what a scenario does beside it. */
export interface OwnSite extends Site {
  readonly gateway: TestGateway<typeof contract>
  /** A browser with this session. */
  readonly open: (session: SignedIn) => Browser
}

/** What a scenario may set. */
interface OwnSiteOptions extends Pick<ApplicationParts, 'foreign'> {
  /** The gateway of another site: this is another process of the same application. */
  readonly shared?: TestGateway<typeof contract>
  /** What the application is given instead of the gateway's answer. */
  readonly changeAnswer?: (answer: TransportAnswer) => TransportAnswer
  /** After the gateway has answered, before the application is given the answer. */
  readonly afterAnswer?: (request: TransportRequest) => Promise<void>
}

/** The real gateway in this process, its store and its clock those of the testing kit; the way to it has the hooks. */
export async function ownSite(
  scope: Scope,
  framework: Framework,
  { foreign, shared, changeAnswer = (answer) => answer, afterAnswer = async () => {} }: OwnSiteOptions = {},
): Promise<OwnSite> {
  const hooks = createHooks()
  const gateway = shared ?? (await createTestGateway(contract))
  if (!shared) scope.defer(gateway.close)
  const options = gateway.optionsFor('portal')
  const transport = (origin: string): Transport => {
    const send = options.transport?.(origin) as Transport
    return async (request) => {
      if (request.method === 'GET') await hooks.storeRead(request.path)
      else await hooks.storeWrite(request.path)
      const answer = changeAnswer(await send(request))
      await afterAnswer(request)
      return answer
    }
  }
  const send = await framework(scope, {
    options: { ...options, transport },
    hooks,
    origin: gateway.origins.portal,
    ...(foreign && { foreign }),
  })
  const open = ({ cookie }: SignedIn) => {
    const browser = openBrowser(send, { 'sec-fetch-site': 'same-origin', accept: 'application/json' })
    browser.take([cookie])
    return browser
  }
  return { ...ownRoutes, hooks, gateway, open, signIn: async () => open(await gateway.signIn()) }
}

/** The scenario with each framework; the anomaly happens when it happens with one. */
export function onEach(run: (scope: Scope, framework: Framework) => Promise<Verdict>): Scenario {
  return async (scope) => {
    const verdicts = await Promise.all([run(scope, onExpress), run(scope, onHono)])
    return verdicts.includes('happens') ? 'happens' : 'holds'
  }
}
