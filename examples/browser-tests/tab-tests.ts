import { expect, it } from 'vitest'
import type { Scene } from './scene.ts'
import { arrives, chooseTenant, fact, send, shows } from './tab.ts'

const conflict = 'Something has changed meanwhile'

/** Two tabs, each of which shows an organisation: what is done in one must never be done to the organisation of the other. */
export function tabTests(scene: () => Scene): void {
  it('tells an older tab of the portal that the organisation has changed, and writes nothing', async () => {
    const { origins } = scene()
    const bob = await scene().visitor()
    await bob.signIn('bob')
    const [older, newer] = [bob.page, await bob.context.newPage()]
    await newer.goto(origins.portal)
    await chooseTenant(newer, 'globex')
    await shows(newer, 'tenant', 'globex')
    const version = await fact(newer, 'version')
    expect(await fact(older, 'tenant')).toBe('acme')
    await older.getByLabel('Work for').selectOption('globex')
    expect((await send(older, 'Switch'))?.status()).toBe(409)
    await arrives(older, conflict)
    await newer.reload()
    expect([await fact(newer, 'tenant'), await fact(newer, 'version')]).toEqual(['globex', version])
  })

  it('tells an older tab of the workspace, whose form is a server action', async () => {
    const { origins } = scene()
    const bob = await scene().visitor()
    await bob.signIn('bob')
    const [older, newer] = [await bob.context.newPage(), await bob.context.newPage()]
    await Promise.all([older.goto(origins.workspace), newer.goto(origins.workspace)])
    await chooseTenant(newer, 'globex')
    await shows(newer, 'tenant', 'globex')
    const version = await fact(newer, 'version')
    await chooseTenant(older, 'globex')
    await arrives(older, conflict)
    await newer.reload()
    expect([await fact(newer, 'tenant'), await fact(newer, 'version')]).toEqual(['globex', version])
  })

  it('refuses to show the invoices of one organisation to a session that has moved on to another', async () => {
    const { origins } = scene()
    const bob = await scene().visitor()
    await bob.signIn('bob')
    const billing = await bob.context.newPage()
    const invoices = `${origins.billing}/tenants/acme/invoices`
    expect((await billing.goto(invoices))?.status()).toBe(200)
    await chooseTenant(bob.page, 'globex')
    await shows(bob.page, 'tenant', 'globex')
    expect((await billing.reload())?.status()).toBe(409)
    expect(await billing.content()).not.toContain('Invoices of')
  })
}
