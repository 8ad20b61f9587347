import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Every library of the table, by its name there. */
export const columns = {
  'single-state': { title: 'Single State', packageName: '@single-state/core' },
  'express-session': { title: 'express-session', packageName: 'express-session' },
  'express-openid-connect': { title: 'express-openid-connect', packageName: 'express-openid-connect' },
  'nextjs-auth0': { title: 'nextjs-auth0', packageName: '@auth0/nextjs-auth0' },
  'hono-session': { title: '@hono/session', packageName: '@hono/session' },
  'better-auth': { title: 'better-auth', packageName: 'better-auth' },
  'auth-core': { title: '@auth/core', packageName: '@auth/core' },
  'iron-session': { title: 'iron-session', packageName: 'iron-session' },
  clerk: { title: 'Clerk', packageName: '@clerk/backend' },
} as const

/** A column. */
export type ColumnName = keyof typeof columns

/** The names, in the order of the table. */
export const columnNames = Object.keys(columns) as ColumnName[]

/** The version that is installed here. */
export function versionOf(name: ColumnName): string {
  const path = findPackageJSON(columns[name].packageName, import.meta.url)
  if (path === undefined) throw new Error(`${columns[name].packageName} is not installed`)
  return (JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string }).version
}
