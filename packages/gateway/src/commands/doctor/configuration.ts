import { isLoopback } from '@single-state/core/protocol'
import type { CheckedConfig } from '../../configure.ts'
import { durationText } from '../../duration-text.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** The lines of Node that receive fixes, each from the release that runs TypeScript as it is. */
const supported: Readonly<Record<number, number>> = { 22: 19, 24: 11 }

/** Whether this Node runs a gateway: 22.19, 24.11 or 26 and later. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major >= 26 || minor >= (supported[major] ?? Number.POSITIVE_INFINITY)) return ok('node', version)
  const isOdd = major > 22 && major % 2 === 1
  const found = isOdd ? `${version}, a line without long support` : version
  return (isOdd ? warn : fail)('node', found, 'use Node 22.19, 24.11 or later of those lines, or 26')
}

/** What the configuration says, once it is known to be one that a gateway starts with. */
export function configurationFindings(config: CheckedConfig): readonly Finding[] {
  const { contract, production, origin, applications } = config
  const { tokenMs, idleMs, absoluteMs } = contract.lifetime
  const lifetimes = [tokenMs, idleMs, absoluteMs].map(durationText).join(', ')
  const isLocal = isLoopback(new URL(origin).hostname)
  const operators = applications.all.filter(({ operates }) => operates === 'all').map(({ name }) => name)
  return [
    ok('configuration', `${origin}, contract ${contract.name} revision ${contract.revision}, token, idle and absolute life ${lifetimes}`),
    production || isLocal
      ? ok('configuration', `NODE_ENV is ${production ? 'production' : 'not production, on this machine'}`)
      : warn('configuration', `NODE_ENV is not production, and ${origin} is not this machine`, 'set NODE_ENV=production'),
    operators.length > 0
      ? ok('configuration', `${operators.join(', ')} ${operators.length === 1 ? 'operates' : 'operate'} all sessions`)
      : warn(
          'configuration',
          'no application operates all sessions: nobody can inspect, revoke or read the audit',
          "grant one of them operates: 'all'",
        ),
  ]
}

/** Where browsers send the token. */
export function cookieFinding({ cookie, allowedOrigins, origin }: CheckedConfig): Finding {
  if (cookie.domain === null) return ok('cookie', `${cookie.name}, received by ${new URL(origin).hostname} alone`)
  const count = new Set([...allowedOrigins].map((text) => new URL(text).hostname)).size
  return ok('cookie', `${cookie.name}, for ${count} hosts, received by every host under ${cookie.domain}: all of them must be yours`)
}

/** Whether the store is given documents that say nothing. */
export function encryptionFinding({ encryption, production }: CheckedConfig): Finding {
  if (encryption === null) {
    const found = 'documents are stored as they are'
    return production
      ? warn('encryption', found, "set encryption.keys; 'single-state keys create --encryption' makes one")
      : ok('encryption', found)
  }
  const [newest, ...older] = encryption.keys.map(({ kid }) => kid)
  const found = `documents are encrypted with key ${newest}${older.length > 0 ? `, and read with ${older.join(', ')} too` : ''}`
  if (encryption.allowPlain)
    return warn('encryption', `${found}; plain ones are believed`, 'take encryption.allowPlain away once the absolute life has passed')
  if (older.length > 1) return warn('encryption', found, 'take keys away that are older than the absolute life')
  return ok('encryption', found)
}
