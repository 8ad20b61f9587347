import { expect, it } from 'vitest'
import type { Scene } from './scene.ts'
import { addressesDuring, arrives, fact } from './tab.ts'

/** Unavailable is not signed out. */
export function outageTests(scene: () => Scene): void {
  it('shows that it is unavailable while the gateway is away, and is signed in as before when it is back', async () => {
    const { origins, parts } = scene()
    const bob = await scene().visitor()
    await bob.signIn('bob')
    await bob.page.goto(origins.workspace)
    const before = await bob.cookie()
    await parts.gateway.stop()
    try {
      // What has been read there is served from memory until the lease ends, half a second later.
      await expect.poll(async () => (await bob.page.goto(origins.workspace))?.status(), { timeout: 20_000 }).toBe(500)
      for (const [name, status] of [
        ['portal', 503],
        ['billing', 503],
        ['workspace', 500],
      ] as const) {
        const answer = await bob.page.goto(origins[name])
        expect([answer?.status(), await answer?.headerValue('set-cookie')]).toEqual([status, null])
        await arrives(bob.page, 'Temporarily unavailable')
      }
      // A page of Next.js has no say in its status, a handler has.
      const answer = await bob.page.goto(`${origins.workspace}/view`)
      expect([answer?.status(), Number(await answer?.headerValue('retry-after'))]).toEqual([503, 1])
      expect(await bob.cookie()).toEqual(before)
    } finally {
      await parts.gateway.start()
    }
    for (const name of ['portal', 'billing', 'workspace'] as const) {
      const { page } = bob
      const open = () => addressesDuring(page, () => page.goto(origins[name]))
      // Applications try the gateway again once a second at least; whoever reloads before is told the same as before.
      await expect
        .poll(async () => [await open(), await page.locator('[data-fact="subject"]').count()], { timeout: 20_000 })
        .toEqual([[`${origins[name]}/`], 1])
      expect(await fact(page, 'subject')).toBe('bob')
    }
  })
}
