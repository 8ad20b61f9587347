import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client'
import { causeText } from './cause-text.ts'
import { fetchFromProvider, providerUnavailable } from './provider-fetch.ts'

/** The checked settings of a relying party. */
export interface RelyingParty {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string | null
  readonly clientAuthentication: 'basic' | 'post'
  readonly idTokenAlgorithm: string
  readonly timeoutMs: number
}

/** What is known of the provider: its metadata and, inside, its keys. */
export interface Discovery {
  /** Asks the provider now, so that the caller learns whether it is there. Callers at the same time share one request. */
  ask(): Promise<Configuration>
  /** What was learnt last; asks when nothing was yet. */
  known(): Promise<Configuration>
}

/**
 * Learns the provider's metadata on first need, so that a gateway starts while its provider is away. A failure is not
 * remembered. Rejections: `identity_provider_unavailable`, whatever is wrong: without metadata no login can begin, and
 * the person's request is not at fault.
 */
export function createDiscovery(party: RelyingParty): Discovery {
  let latest: Configuration | null = null
  let flight: Promise<Configuration> | null = null

  function ask(): Promise<Configuration> {
    flight ??= discover(party)
      .then((found) => {
        // With it go the provider's keys of before: one that has come back with new keys is believed at once.
        latest = found
        return found
      })
      .finally(() => {
        flight = null
      })
    return flight
  }

  return { ask, known: async () => latest ?? ask() }
}

async function discover(party: RelyingParty): Promise<Configuration> {
  const issuer = new URL(party.issuer)
  // The code flow may skip the ID token's signature (OpenID Connect Core section 3.1.3.7); checking it costs one cached key set.
  const extensions = [enableNonRepudiationChecks]
  if (issuer.protocol === 'http:') extensions.push(allowInsecureRequests)
  let found: Configuration
  try {
    found = await discovery(issuer, party.clientId, { id_token_signed_response_alg: party.idTokenAlgorithm }, clientAuthOf(party), {
      execute: extensions,
      timeout: party.timeoutMs / 1_000,
      [customFetch]: fetchFromProvider,
    })
  } catch (error) {
    throw providerUnavailable(`metadata of ${party.issuer}: ${causeText(error)}`)
  }
  checkIssuer(party.issuer, found.serverMetadata().issuer)
  return found
}

/** Issuers are compared letter by letter (OpenID Connect Discovery section 4.3), else one person would get two names. */
function checkIssuer(configured: string, announced: string): void {
  if (announced !== configured && URL.canParse(announced) && new URL(announced).href === new URL(configured).href) {
    throw providerUnavailable(
      `issuer: expected ${JSON.stringify(announced)} as the provider spells it, found ${JSON.stringify(configured)}`,
    )
  }
}

function clientAuthOf({ clientSecret, clientAuthentication }: RelyingParty): ClientAuth {
  if (clientSecret === null) return None()
  return clientAuthentication === 'basic' ? ClientSecretBasic(clientSecret) : ClientSecretPost(clientSecret)
}
