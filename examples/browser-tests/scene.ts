import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { buildNextApplication } from '../story/next-build/build.ts'
import { createDemonstration, type Demonstration } from '../story/processes/demonstration.ts'
import { freeBase } from '../story/processes/ports.ts'
import { startChromium } from './chromium.ts'
import { createVisitor, type Visitor } from './visitor.ts'

/** The demonstration, with a host name for each application, and a browser to look at it. */
export interface Scene extends Demonstration {
  /** Somebody with a browser profile of their own, who has never been anywhere. */
  readonly visitor: (options?: BrowserContextOptions) => Promise<Visitor>
  /** Stops everything, and leaves nothing behind. */
  readonly close: () => Promise<void>
}

/** Browsers lead all names under `localhost` to this machine, and keep `Secure` cookies there over plain HTTP. */
export const domain = 'acme.localhost'

/** A token life that can be waited out. */
const tokenLife = '2s'

/** Starts everything, on ports and data of its own. Rejects when one of them does not come up. */
export async function startScene(): Promise<Scene> {
  await buildNextApplication(new AbortController().signal)
  const data = mkdtempSync(join(tmpdir(), 'single-state-browser-'))
  const demonstration = createDemonstration({ portBase: await freeBase(), data, tokenLife, domain })
  const starting = startChromium()
  const close = async () => {
    await Promise.allSettled([starting.then((browser) => browser.close()), demonstration.stop()])
    rmSync(data, { recursive: true, force: true })
  }
  try {
    const [browser] = await Promise.all([starting, demonstration.start()])
    return {
      ...demonstration,
      close,
      visitor: async (options) => createVisitor(demonstration, await browser.newContext({ reducedMotion: 'reduce', ...options })),
    }
  } catch (error) {
    await close()
    throw error
  }
}
