import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// An organisation's contract is a package of its own: what applications compile against are its built declarations.

const run = promisify(execFile)
const core = fileURLToPath(new URL('..', import.meta.url))
const compiler = fileURLToPath(new URL('../../../node_modules/typescript/bin/tsc', import.meta.url))
const options = ['--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', '--target', 'ES2024', '--module', 'NodeNext', '--types', '']

const contract = `
import { defineContract, signal } from '@single-state/core'
import { z } from 'zod'

export const contract = defineContract({
  name: 'acme',
  entitlements: z.object({ plan: z.enum(['free', 'pro']), roles: z.array(z.string()) }),
  context: z.object({ tenant: z.string().nullable(), hint: z.string().optional() }),
  signals: { tenantChanged: signal(z.object({ tenant: z.string() }), { ttl: '30s' }) },
  applications: {
    portal: {
      reads: ['identity', 'entitlements', 'context', 'signals.tenantChanged'],
      writes: { 'context.tenant': ['tenant.switch'], 'context.hint': ['hint.set'] },
      publishes: ['tenantChanged'],
    },
    billing: { reads: ['identity.subject', 'entitlements.plan'] },
  },
})
`

const application = `
import { type PublishableSignal, remove, type SessionChanges, type SessionView, type WriteReason } from '@single-state/core'
import type { contract } from './contract.js'

type Acme = typeof contract
declare const portal: SessionView<Acme, 'portal'>
declare const billing: SessionView<Acme, 'billing'>

export const plan: 'free' | 'pro' = billing.entitlements.plan
export const tenant: string | undefined = portal.signals.tenantChanged?.tenant
export const roles: readonly string[] = portal.entitlements.roles
export const reason: WriteReason<Acme, 'portal'> = 'tenant.switch'
export const published: PublishableSignal<Acme, 'portal'> = 'tenantChanged'
export const changes: SessionChanges<Acme, 'portal', 'hint.set'> = { 'context.hint': remove }

// @ts-expect-error: billing reads entitlements.plan, not entitlements.roles
billing.entitlements.roles
// @ts-expect-error: granted, but not for this reason
export const other: SessionChanges<Acme, 'portal', 'hint.set'> = { 'context.tenant': 'acme' }
// @ts-expect-error: billing writes nothing
export const nothing: SessionChanges<Acme, 'billing'> = { 'context.tenant': 'acme' }
`

/** Runs the compiler and answers what it says; nothing when all is well. */
async function compile(cwd: string, ...args: string[]): Promise<string> {
  return run(process.execPath, [compiler, ...args], { cwd, timeout: 60_000 }).then(
    () => '',
    (failed: { stdout: string }) => failed.stdout,
  )
}

/** A folder in which core is installed as it is published: built declarations, no sources. */
async function installBuiltCore(folder: string): Promise<void> {
  const installed = join(folder, 'node_modules', '@single-state', 'core')
  await mkdir(installed, { recursive: true })
  const manifest = JSON.parse(await readFile(join(core, 'package.json'), 'utf8'))
  await writeFile(
    join(installed, 'package.json'),
    JSON.stringify({ name: manifest.name, type: 'module', exports: manifest.publishConfig.exports }),
  )
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  await symlink(await realpath(join(core, 'node_modules', 'zod')), join(folder, 'node_modules', 'zod'))
  await compile(core, '-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist'))
}

describe('a contract of another package', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'built-contract-'))
    await installBuiltCore(folder)
    await writeFile(join(folder, 'contract.ts'), contract)
    await writeFile(join(folder, 'application.ts'), application)
  }, 120_000)

  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('can be built to declarations, and types views and changes by them alone', async () => {
    expect(await compile(folder, 'contract.ts', '--declaration', '--emitDeclarationOnly', ...options)).toBe('')
    await rm(join(folder, 'contract.ts'))
    expect(await readFile(join(folder, 'contract.d.ts'), 'utf8')).toContain('export declare const contract')
    expect(await compile(folder, 'application.ts', '--noEmit', ...options)).toBe('')
  }, 120_000)
})
