import type { CheckedConfig } from './configure.ts'
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
    `lifetimes token ${length(tokenMs)}, idle ${length(idleMs)}, absolute ${length(absoluteMs)}; ` +
      `signed out ${length(idleMs - tokenMs / 2)} to ${length(idleMs)} after the last request`,
    `cookie ${describeCookie(config)}`,
    `store ${store.name}: ${survives[store.durability]}`,
    `identity provider ${idp.name}`,
    ...config.applications.all.map(describeApplication),
    `audit kept ${length(config.keepAuditMs)}`,
    'live off: reads ask the gateway, but for what an application may have stale',
  ]
}

function describeCookie({ cookie, origin }: CheckedConfig): string {
  if (cookie.domain === null) return `${cookie.name}, received by ${new URL(origin).hostname} alone`
  return `${cookie.name}, received by every host under ${cookie.domain}: all of them must be yours`
}

function describeApplication({ name, origins, operates, staleMs }: Application): string {
  const facts = [
    origins.length === 0 ? 'no pages' : origins.join(', '),
    ...(operates === null ? [] : [operates === 'all' ? 'operates all sessions' : "operates the person's own sessions"]),
    ...(staleMs === 0 ? [] : [`stale up to ${length(staleMs)}`]),
  ]
  return `application ${name}: ${facts.join('; ')}`
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const

/** A length of time as people write it: `27m30s`. */
function length(ms: number): string {
  let rest = Math.round(ms)
  const parts: string[] = []
  for (const [unit, unitMs] of units) {
    const count = Math.floor(rest / unitMs)
    rest -= count * unitMs
    if (count > 0) parts.push(`${count}${unit}`)
  }
  return parts.join('') || '0s'
}
