import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../tools/servers/server-process.ts'
import { createKey } from '../src/commands/keys-create.ts'
import { createBrowser } from './browser.ts'
import { runProcess, startCommand } from './command-process.ts'
import { createProjectFolder } from './project-folder.ts'

const cleaning: (() => unknown)[] = []
afterEach(async () => {
  for (const clean of cleaning.splice(0).reverse()) await clean()
})

/** A gateway whose contract has an operator beside the portal, and a session of ada. */
async function running() {
  const folder = createProjectFolder()
  cleaning.push(folder.remove)
  folder.write({ 'package.json': '{ "type": "module" }' })
  await runProcess(folder.path, ['init'])
  const key = createKey('admin')
  folder.write({
    'contract.ts': folder
      .read('contract.ts')
      .replace('applications: {', "applications: { admin: { reads: ['identity'], operates: 'all' },"),
    'gateway.config.ts': folder
      .read('gateway.config.ts')
      .replace('applications: {', 'applications: { admin: { key: process.env.ADMIN_KEY, origins: [] },'),
    '.env': `${folder.read('.env')}\nADMIN_KEY=${key}\nSINGLE_STATE_OPERATOR_KEY=${key}\n`,
  })
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const dev = startCommand(folder.path, ['dev', '--port', String(port)])
  cleaning.push(async () => {
    dev.kill('SIGKILL')
    await dev.ended
  })
  await dev.line(/^Ctrl-C/)
  const browser = createBrowser()
  await browser.submit(await browser.open(`${origin}/login`), { subject: 'ada' })
  const headers = { Authorization: `Bearer ${key}`, 'Contract-Revision': '1' }
  const path = `/v1/subjects/${encodeURIComponent('urn:single-state:development-people')}/ada/sessions`
  const { sessions } = (await (await fetch(origin + path, { headers })).json()) as { sessions: { id: string }[] }
  const id = sessions[0]?.id ?? ''
  const explain = (...args: string[]) => runProcess(folder.path, ['explain', ...args, '--gateway', origin])
  return { folder, origin, id, explain }
}

describe('single-state explain', () => {
  it('says what an application sees of a session, and why it would be denied', { timeout: 60_000 }, async () => {
    const { folder, origin, id, explain } = await running()
    const seen = await explain(id, '--application', 'portal', '--path', 'entitlements.roles')
    expect([seen.code, seen.err]).toEqual([0, ''])
    expect(seen.out).toMatch(/^✓ portal is given entitlements\.roles of this session\n/)
    expect(seen.out).toMatch(/✓ session +active, version 1/)
    const denied = await explain(id, '--application', 'admin', '--path', 'entitlements.roles', '--json')
    expect(denied.code).toBe(1)
    expect(JSON.parse(denied.out)).toMatchObject({ session: id, application: 'admin', path: 'entitlements.roles', denied: true })

    expect((await runProcess(folder.path, ['revoke', id, '--gateway', origin])).code).toBe(0)
    const over = await explain(id, '--application', 'portal')
    expect([over.code, over.out]).toEqual([1, expect.stringMatching(/✗ session +it has ended at .* \(revoked\)/)])
    const unknown = await explain('A'.repeat(43), '--application', 'portal')
    expect([unknown.code, unknown.out]).toEqual([1, expect.stringContaining('the store has no session of this id')])

    for (const wrong of [[id], [id, '--application', 'crm'], [id, '--application', 'portal', '--path', 'roles']]) {
      const { code, err } = await explain(...wrong)
      expect([code, err]).toEqual([2, expect.stringContaining('usage: single-state explain')])
    }
  })
})
