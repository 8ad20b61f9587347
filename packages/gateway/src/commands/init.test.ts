import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { run } from '../fixtures/test-terminal.ts'

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
})

function newFolder(files: Readonly<Record<string, string>> = {}) {
  const cwd = mkdtempSync(join(tmpdir(), 'single-state-init-'))
  folders.push(cwd)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return { cwd, read: (name: string) => readFileSync(join(cwd, name), 'utf8'), files: () => readdirSync(cwd).sort() }
}

const written = ['.env', '.gitignore', 'contract.ts', 'gateway.config.ts', 'tsconfig.json']

describe('single-state init', () => {
  it('writes contract, configuration and environment, and says what each is for', async () => {
    const { cwd, files } = newFolder()
    const { code, out } = await run(['init'], { cwd })
    expect(code).toBe(0)
    expect(files()).toEqual(written)
    for (const name of written) expect(out).toMatch(new RegExp(`^${name.replaceAll('.', '\\.')} +\\S`, 'm'))
    expect(out).toMatch(/npx single-state dev$/)
  })

  it('keeps keys and secret to .env, which nobody else on the machine can read', async () => {
    const { cwd, read } = newFolder()
    const { out } = await run(['init'], { cwd })
    const values = Object.fromEntries([...read('.env').matchAll(/^(\w+)=(.+)$/gm)].map(([, name, value]) => [name, value]))
    expect(values['PORTAL_KEY']).toMatch(/^ss_portal_[A-Za-z0-9_-]{43}$/)
    expect(values['SINGLE_STATE_KEY']).toBe(values['PORTAL_KEY'])
    expect(values['SINGLE_STATE_SECRET']).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(statSync(join(cwd, '.env')).mode & 0o077).toBe(process.platform === 'win32' ? expect.any(Number) : 0)
    for (const text of [out, read('contract.ts'), read('gateway.config.ts'), read('.gitignore')]) {
      expect(text).not.toContain(values['SINGLE_STATE_KEY'])
      expect(text).not.toContain(values['SINGLE_STATE_SECRET'])
    }
    expect(read('.gitignore').split('\n')).toEqual(expect.arrayContaining(['.env', 'sessions.db*']))
  })

  it('writes the contract that the first page of the documentation shows', async () => {
    const { cwd, read } = newFolder()
    await run(['init'], { cwd })
    const page = readFileSync(new URL('../../../../docs/getting-started.md', import.meta.url), 'utf8')
    expect(page).toContain(`\`\`\`ts\n// contract.ts\n${read('contract.ts')}\`\`\``)
  })

  it('names application and contract as asked', async () => {
    const { cwd, read } = newFolder()
    expect((await run(['init', '--application', 'front-desk', '--name', 'globex'], { cwd })).code).toBe(0)
    expect(read('contract.ts')).toContain("name: 'globex'")
    expect(read('contract.ts')).toContain("'front-desk': { reads:")
    expect(read('gateway.config.ts')).toContain("'front-desk': { key: process.env.FRONT_DESK_KEY")
    expect(read('.env')).toMatch(/^FRONT_DESK_KEY=ss_front-desk_/m)
  })

  it.each(['contract.ts', 'gateway.config.ts', '.env'])('writes nothing at all where %s exists', async (name) => {
    const { cwd, read, files } = newFolder({ [name]: 'mine' })
    const { code, out, err } = await run(['init'], { cwd })
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(`single-state init: ${name} exists already; nothing was written. Move it away, or begin in an empty folder`)
    expect(files()).toEqual([name])
    expect(read(name)).toBe('mine')
  })

  it('makes a package of ES modules of one that says nothing, and keeps the rest as it is indented', async () => {
    const { cwd, read } = newFolder({ 'package.json': '{\n\t"name": "mine",\n\t"private": true\n}\n' })
    await run(['init'], { cwd })
    expect(read('package.json')).toBe('{\n\t"name": "mine",\n\t"private": true,\n\t"type": "module"\n}\n')
  })

  it('leaves a package of CommonJS as it is, and says what to do', async () => {
    const text = '{ "type": "commonjs" }'
    const { cwd, read } = newFolder({ 'package.json': text })
    const { code, out } = await run(['init'], { cwd })
    expect(code).toBe(0)
    expect(read('package.json')).toBe(text)
    expect(out).toContain('npm pkg set type=module')
  })

  it.each(['{ "name": ', '[]', 'null'])('writes nothing where package.json is %s', async (text) => {
    const { cwd, files } = newFolder({ 'package.json': text })
    const { code, err } = await run(['init'], { cwd })
    expect(code).toBe(1)
    expect(err).toContain('package.json: expected a JSON object')
    expect(files()).toEqual(['package.json'])
  })

  it('adds to .gitignore only what is missing there, and leaves a tsconfig.json alone', async () => {
    const { cwd, read } = newFolder({ '.gitignore': 'node_modules/\n.env', 'tsconfig.json': '{}' })
    const { out } = await run(['init'], { cwd })
    expect(read('.gitignore')).toBe('node_modules/\n.env\nsessions.db*\n')
    expect(read('tsconfig.json')).toBe('{}')
    expect(out).toContain('allowImportingTsExtensions')
  })

  it.each([
    ['--application', 'Portal'],
    ['--application', ''],
    ['--name', 'Acme Inc'],
  ])('exits with 2 for %s %j', async (option, value) => {
    const { cwd, files } = newFolder()
    expect((await run(['init', option, value], { cwd })).code).toBe(2)
    expect(files()).toEqual([])
  })

  it('says so when the folder cannot be written to', async () => {
    const cwd = join(tmpdir(), 'single-state-no-such-folder')
    const { code, err } = await run(['init'], { cwd })
    expect(existsSync(cwd)).toBe(false)
    expect(code).toBe(1)
    expect(err).toMatch(/^single-state init: ENOENT/)
  })
})
