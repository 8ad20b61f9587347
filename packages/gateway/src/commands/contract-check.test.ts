import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createProjectFolder, type ProjectFolder } from '../../test/project-folder.ts'
import { run } from '../fixtures/test-terminal.ts'

const folders: ProjectFolder[] = []
afterAll(() => {
  for (const folder of folders) folder.remove()
})

interface Given {
  readonly revision?: number
  readonly plans?: string
  readonly reads?: string
}

function contractFile({ revision = 1, plans = "'free', 'pro'", reads = "'identity', 'entitlements'" }: Given = {}): string {
  return `import { defineContract } from '@single-state/core'
import { z } from 'zod'
export const contract = defineContract({
  name: 'acme', revision: ${revision},
  entitlements: z.object({ plan: z.enum([${plans}]) }),
  applications: { portal: { reads: [${reads}] } },
})
`
}

/** A folder whose deployed contract is the plain one; each further contract is a file of its own, as modules load once. */
async function deployed() {
  const folder = createProjectFolder()
  folders.push(folder)
  folder.write({ 'package.json': '{ "type": "module" }', 'contract.ts': contractFile() })
  const check = (...argv: string[]) => run(['contract', 'check', ...argv], { cwd: folder.path })
  expect((await check('--write')).code).toBe(0)
  return {
    check,
    read: () => readFileSync(join(folder.path, 'contract.json'), 'utf8'),
    checkChanged: (name: string, given: Given, ...argv: string[]) => {
      folder.write({ [name]: contractFile(given) })
      return check('--contract', name, ...argv)
    },
    folder,
  }
}

describe('single-state contract check', () => {
  it('finds that nothing has changed', async () => {
    const { check, read } = await deployed()
    expect(JSON.parse(read())).toMatchObject({ name: 'acme', revision: 1 })
    expect(await check()).toEqual({ code: 0, out: '✓ nothing has changed', err: '' })
  })

  it('lets a safe change pass', async () => {
    const { checkChanged } = await deployed()
    const { code, out } = await checkChanged('more.ts', { reads: "'identity', 'entitlements', 'context'" })
    expect(code).toBe(0)
    expect(out).not.toContain('✗')
  })

  it('exits with 1 for a breaking change, says whom it breaks, and that the revision was forgotten', async () => {
    const { checkChanged } = await deployed()
    const { code, out } = await checkChanged('less.ts', { reads: "'identity'" })
    expect(code).toBe(1)
    expect(out).toMatch(/^✗ breaking {2}applications\.portal\.reads: entitlements\.plan is not granted any more/m)
    expect(out).toMatch(
      /\d of \d changes break applications that are not deployed yet\.\nRaise the contract's revision: it is 1, as deployed\.$/,
    )
  })

  it('does not ask for a revision that was raised', async () => {
    const { checkChanged } = await deployed()
    const { code, out } = await checkChanged('raised.ts', { revision: 2, plans: "'free', 'pro', 'team'" })
    expect(code).toBe(1)
    expect(out).toContain('✗ breaking  entitlements.plan')
    expect(out).not.toContain('Raise')
  })

  it('answers programs in JSON', async () => {
    const { check, checkChanged } = await deployed()
    expect(JSON.parse((await check('--json')).out)).toEqual({ ok: true, changes: [] })
    const { code, out } = await checkChanged('less.ts', { reads: "'identity'" }, '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ ok: false, changes: expect.arrayContaining([expect.objectContaining({ kind: 'breaking' })]) })
  })

  it('writes the contract of today only when it is told to, and says what that breaks', async () => {
    const { check, checkChanged, read } = await deployed()
    const before = read()
    await checkChanged('two.ts', { revision: 2, reads: "'identity'" })
    expect(read()).toBe(before)
    const { code, out } = await check('--contract', 'two.ts', '--write')
    expect(code).toBe(0)
    expect(out).toContain('✗ breaking')
    expect(JSON.parse(read()).revision).toBe(2)
  })

  it('overwrites no file that it has not written', async () => {
    const { check, folder } = await deployed()
    const { code, err } = await check('--write', '--against', 'package.json')
    expect(code).toBe(1)
    expect(err).toContain("package.json: expected what 'single-state contract check --write' wrote")
    expect(readFileSync(join(folder.path, 'package.json'), 'utf8')).toBe('{ "type": "module" }')
  })

  it('says how to begin where there is no description, and what is missing where there is no contract', async () => {
    const { check, folder } = await deployed()
    expect((await check('--against', 'other.json')).err).toContain(
      "other.json does not exist; 'single-state contract check --write' writes it",
    )
    expect(existsSync(join(folder.path, 'other.json'))).toBe(false)
    expect((await check('--contract', 'none.ts')).err).toBe('single-state contract check: none.ts does not exist')
    folder.write({ 'empty.ts': 'export const contract = {}\n' })
    expect((await check('--contract', 'empty.ts')).err).toContain('empty.ts: expected an export named contract, made by defineContract')
  })

  it('names the line of a contract that contradicts itself, without a stack', async () => {
    const { checkChanged } = await deployed()
    const { code, err } = await checkChanged('odd.ts', { reads: "'everything'" })
    expect(code).toBe(1)
    expect(err).toMatch(/^single-state contract check: odd\.ts(:3)?: applications\.portal\.reads: expected one of .*; found "everything"$/)
  })
})
