import { join } from 'node:path'
import { createPart, type Part } from './part.ts'
import { offsets, type PartName, partNames } from './ports.ts'
import { type Secrets, secretsIn } from './secrets.ts'

/** What the demonstration is started with. */
export interface DemonstrationOptions {
  readonly portBase: number
  /** A folder that is there: the store and the secrets live in it. */
  readonly data: string
  /** How long a token is believed without asking the gateway, such as `'5m'`. */
  readonly tokenLife: string
  /** Gives the gateway and each application a host name of its own under this domain. Default: all are on `localhost`. */
  readonly domain?: string | undefined
  /** Takes every line that a part prints. Default: drops them. */
  readonly onLine?: (name: PartName, line: string) => void
}

/** The six parts and how to reach them. */
export interface Demonstration {
  readonly parts: Readonly<Record<PartName, Part>>
  readonly origins: Readonly<Record<PartName, string>>
  readonly keys: Secrets['keys']
  /** Starts every part. Rejects when one does not come up. */
  readonly start: () => Promise<void>
  /** Stops every part that runs. */
  readonly stop: () => Promise<void>
}

const health: Readonly<Record<PartName, string>> = {
  gateway: '/readyz',
  idp: '/.well-known/openid-configuration',
  portal: '/healthz',
  billing: '/healthz',
  workspace: '/healthz',
  admin: '/healthz',
}

/** The host of a part that has not its name. */
const hosts: Partial<Record<PartName, string>> = { gateway: 'login' }

/** The folder of a part that has not its name. */
const folders: Partial<Record<PartName, string>> = { workspace: 'next' }

/** Describes the demonstration; nothing runs yet. */
export function createDemonstration(options: DemonstrationOptions): Demonstration {
  const secrets = secretsIn(options.data)
  const addresses = byName((name) => `http://localhost:${options.portBase + offsets[name]}`)
  const origins = byName((name) => originOf(name, options))
  const parts = byName((name) =>
    createPart({
      name,
      program: join(import.meta.dirname, '..', '..', folders[name] ?? name, 'main.ts'),
      address: addresses[name],
      healthPath: health[name],
      environment: environmentOf(name, options, { addresses, origins }, secrets),
      onLine: options.onLine ?? (() => undefined),
    }),
  )
  const all = Object.values(parts)
  return {
    parts,
    origins,
    keys: secrets.keys,
    start: async () => void (await Promise.all(all.map((part) => part.start()))),
    stop: async () => void (await Promise.all(all.map((part) => part.stop()))),
  }
}

/** Where browsers meet a part. The provider is somebody else's, as in most organisations: it stays outside of the domain. */
function originOf(name: PartName, { portBase, domain }: DemonstrationOptions): string {
  const host = domain === undefined || name === 'idp' ? 'localhost' : `${hosts[name] ?? name}.${domain}`
  return `http://${host}:${portBase + offsets[name]}`
}

/** Each part gets its own secrets and no other's; addresses are known to all. */
function environmentOf(
  name: PartName,
  { portBase, data, tokenLife, domain }: DemonstrationOptions,
  { addresses, origins }: Readonly<Record<'addresses' | 'origins', Readonly<Record<PartName, string>>>>,
  { gateway, provider, keys }: Secrets,
): NodeJS.ProcessEnv {
  const common = {
    ...process.env,
    NODE_ENV: 'development',
    PORT_BASE: String(portBase),
    PORT: String(portBase + offsets[name]),
    TOKEN_LIFE: tokenLife,
    GATEWAY_ORIGIN: origins.gateway,
    // Not every machine knows the names under `localhost` that browsers know.
    SINGLE_STATE_GATEWAY: addresses.gateway,
    IDP_ISSUER: origins.idp,
    PORTAL_ORIGIN: origins.portal,
    BILLING_ORIGIN: origins.billing,
    WORKSPACE_ORIGIN: origins.workspace,
    ADMIN_ORIGIN: origins.admin,
    ...(domain !== undefined && { COOKIE_DOMAIN: domain }),
  }
  const applicationKeys = { PORTAL_KEY: keys.portal, BILLING_KEY: keys.billing, WORKSPACE_KEY: keys.workspace, ADMIN_KEY: keys.admin }
  if (name === 'gateway') return { ...common, ...applicationKeys, DATA: data, SINGLE_STATE_SECRET: gateway, IDP_CLIENT_SECRET: provider }
  if (name === 'idp') return { ...common, IDP_CLIENT_SECRET: provider }
  return { ...common, SINGLE_STATE_KEY: keys[name] }
}

function byName<Value>(make: (name: PartName) => Value): Readonly<Record<PartName, Value>> {
  return Object.fromEntries(partNames.map((name) => [name, make(name)])) as Record<PartName, Value>
}
