import { leaseMs, settleMs } from '@single-state/core/protocol'
import type { CheckedConfig } from './configure.ts'
import { durationText } from './duration-text.ts'
import type { IdentityProvider } from './oidc/provider.ts'
import type { Application } from './policy/applications.ts'
import type { SessionStore } from './stores/store.ts'

const survives: Readonly<Record<SessionStore['durability'], string>> = {
  memory: 'an acknowledged change is lost with the process',
  disk: 'an acknowledged change survives a restart of the machine',
  replicas: 'an acknowledged change survives the loss of the primary',
}

/** What a gateway is configured to do, line by line, for whoever starts it. No secrets. */
export function describeGateway(config: CheckedConfig, idp: IdentityProvider, store: SessionStore): string[] {
  const { contract, origin } = config
  const { tokenMs, idleMs, absoluteMs } = contract.lifetime
  return [
    `gateway ${origin}`,
    `contract ${contract.name}, revision ${contract.revision}, documents up to ${contract.limits.bytes} bytes`,
    `lifetimes token ${durationText(tokenMs)}, idle ${durationText(idleMs)}, absolute ${durationText(absoluteMs)}; ` +
      `signed out ${durationText(idleMs - tokenMs / 2)} to ${durationText(idleMs)} after the last request`,
    `cookie ${describeCookie(config)}`,
    `store ${store.name}: ${survives[store.durability]}`,
    describeEncryption(config),
    `identity provider ${idp.name}`,
    ...config.applications.all.map(describeApplication),
    `audit kept ${durationText(config.keepAuditMs)}`,
    config.live
      ? `live: leases of ${durationText(leaseMs)}, a write is acknowledged at most ${durationText(settleMs)} after it is stored`
      : 'live off: reads ask the gateway, but for what an application may have stale',
  ]
}

function describeEncryption({ encryption }: CheckedConfig): string {
  if (encryption === null) return 'documents are stored as they are: encryption.keys are not set'
  const [newest, ...older] = encryption.keys.map(({ kid }) => kid)
  const reads = [...(older.length > 0 ? [`reads ${older.join(', ')} too`] : []), ...(encryption.allowPlain ? ['reads plain ones'] : [])]
  return [`documents are encrypted with key ${newest}`, ...reads].join('; ')
}

function describeCookie({ cookie, origin }: CheckedConfig): string {
  if (cookie.domain === null) return `${cookie.name}, received by ${new URL(origin).hostname} alone`
  return `${cookie.name}, received by every host under ${cookie.domain}: all of them must be yours`
}

function describeApplication({ name, origins, operates, staleMs }: Application): string {
  const facts = [
    origins.length === 0 ? 'no pages' : origins.join(', '),
    ...(operates === null ? [] : [operates === 'all' ? 'operates all sessions' : "operates the person's own sessions"]),
    ...(staleMs === 0 ? [] : [`stale up to ${durationText(staleMs)}`]),
  ]
  return `application ${name}: ${facts.join('; ')}`
}
