import type { AnyContract, ApplicationName, SessionView } from '@single-state/core'
import { composeView, createViewReader, type WireDocument } from '@single-state/core/protocol'

/** What to set in a view: of the header single members, of each part the keys that matter. */
export type ViewOverrides<View> = { readonly [Member in keyof View]?: View[Member] extends object ? Partial<View[Member]> : View[Member] }

/** Any application gets these members, whatever it is granted. */
const header = {
  id: 'A'.repeat(43),
  version: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2026-01-01T12:00:00.000Z',
}

const identity = {
  subject: 'ada',
  issuer: 'https://idp.example',
  authenticatedAt: '2026-01-01T00:00:00.000Z',
  acr: null,
  amr: [],
}

/**
 * Makes a session as an application would be given it, for tests of what only takes a session: no gateway, no request.
 * It is read by the contract and frozen, exactly as one from the gateway. What is not granted is left out.
 *
 * ```ts
 * const view = sessionView(contract, 'portal', { entitlements: { roles: ['admin'] } })
 * expect(mayDelete(view)).toBe(true)
 * ```
 *
 * @throws TypeError that names the paths, when what is given does not fit the contract, or something without a default is missing.
 */
export function sessionView<C extends AnyContract, const A extends ApplicationName<C>>(
  contract: C,
  application: A,
  overrides: ViewOverrides<SessionView<C, A>> = {},
): SessionView<C, A> {
  const { signals = {}, ...given } = overrides as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  const document = {
    ...header,
    contract: contract.revision,
    entitlements: {},
    context: {},
    ...given,
    identity: { ...identity, ...given['identity'] },
    signals: Object.fromEntries(Object.entries(signals).map(([name, value]) => [name, { value, remainingMs: 1 }])),
  }
  const reading = createViewReader(contract, application)(structuredClone(document) as unknown as WireDocument)
  if (!reading.ok) throw new TypeError(`sessionView: expected a session of the contract, found ${reading.why}`)
  checkSignals(Object.keys(signals), reading.signals)
  return composeView(reading.view, reading.signals)
}

/** Readers leave a signal out that does not fit; in a test that is a mistake. */
function checkSignals(given: readonly string[], read: Readonly<Record<string, unknown>>): void {
  const missing = given.filter((name) => !Object.hasOwn(read, name))
  if (missing.length > 0)
    throw new TypeError(`sessionView: signals.${missing.join(', signals.')}: not granted, or not as the contract says`)
}
