import { expect, it } from 'vitest'
import { domain, type Scene } from './scene.ts'
import { addressesDuring, arrives, fact, press } from './tab.ts'
import type { Visitor } from './visitor.ts'

const applications = ['portal', 'billing', 'workspace'] as const

/** One session for all applications: it begins once, ends once, and outlives its tokens. */
export function sessionTests(scene: () => Scene): void {
  it('signs in once, and three applications on three hosts show the person', async () => {
    const { origins } = scene()
    const bob = await scene().visitor()
    await bob.signIn('bob')
    const version = await fact(bob.page, 'version')
    for (const name of applications) {
      const url = `${origins[name]}/`
      expect(await addressesDuring(bob.page, () => bob.page.goto(url))).toEqual([url])
      expect([await fact(bob.page, 'subject'), await fact(bob.page, 'version')]).toEqual(['bob', version])
    }
    expect(new Set(applications.map((name) => new URL(origins[name]).hostname)).size).toBe(3)
    expect(await bob.cookie()).toMatchObject({
      domain: `.${domain}`,
      path: '/',
      httpOnly: true,
      secure: true,
      sameSite: 'Lax',
      expires: -1,
    })
  })

  it('signs out in one application, and the others are out at the next step', async () => {
    const { origins } = scene()
    const bob = await scene().visitor()
    await bob.signIn('bob')
    const [billing, workspace] = [await bob.context.newPage(), await bob.context.newPage()]
    await Promise.all([billing.goto(origins.billing), workspace.goto(origins.workspace)])
    await press(bob.page, 'button', 'Sign out')
    await arrives(bob.page, 'You are signed out')
    expect(await bob.cookie()).toBeUndefined()
    await signOutAtProvider(bob)
    for (const tab of [billing, workspace]) {
      const ways = await addressesDuring(tab, () => tab.reload())
      expect(ways[1]).toMatch(`${origins.gateway}/login?return_to=`)
      await arrives(tab, 'Sign in')
    }
  })
}

/** The provider's session is its own: who has it is signed in again without a question. */
async function signOutAtProvider({ page }: Visitor): Promise<void> {
  await press(page, 'link', 'Sign out there as well')
  await arrives(page, 'Sign out?')
  await press(page, 'button', 'Sign out')
  await arrives(page, 'Sign out here too?')
  await press(page, 'button', 'Sign out')
  await arrives(page, 'You are signed out')
}

/** Somebody who leaves for longer than a token lives. Begun before the other tests, which pass the time. */
export function idleTest(scene: () => Scene, idle: () => Visitor): void {
  it('lets somebody who comes back after the life of a token go on without signing in', async () => {
    const { origins } = scene()
    const { page, cookie } = idle()
    const before = await cookie()
    await expect.poll(() => Date.now() > expiryOf(before?.value) + leewayMs, { timeout: 20_000 }).toBe(true)
    for (const name of applications) {
      expect(await addressesDuring(page, () => page.goto(origins[name]))).toEqual([`${origins[name]}/`])
      expect(await fact(page, 'subject')).toBe('carol')
    }
    expect(expiryOf((await cookie())?.value)).toBeGreaterThan(expiryOf(before?.value))
  })
}

/** The clocks of applications and gateway may differ by 5 s before a token counts as expired. */
const leewayMs = 5_000

/** When a token runs out, in milliseconds. */
function expiryOf(token: string | undefined): number {
  const { exp } = JSON.parse(Buffer.from(token?.split('.')[1] ?? '', 'base64url').toString('utf8')) as { exp: number }
  return exp * 1_000
}
