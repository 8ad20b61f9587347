import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Exhibit, rooms } from './gallery.ts'
import { type Scene, startScene } from './scene.ts'

// Pictures of every page: `npm run screenshots` writes them into a folder that git ignores, and prints its path.

const folder = join(import.meta.dirname, '.screenshots')

/** A usual screen by day and by night, and a telephone by day. */
const looks = [
  { suffix: 'light', colorScheme: 'light', viewport: { width: 1_280, height: 800 } },
  { suffix: 'dark', colorScheme: 'dark', viewport: { width: 1_280, height: 800 } },
  { suffix: 'narrow', colorScheme: 'light', viewport: { width: 360, height: 740 } },
] as const

async function photograph(scene: Scene): Promise<void> {
  for (const { exhibits, enter } of rooms) {
    const visitor = await scene.visitor()
    const leave = await enter(scene, visitor)
    for (const { name, open } of exhibits) {
      await open(visitor.page, scene.origins)
      for (const { suffix, colorScheme, viewport } of looks) {
        await visitor.page.emulateMedia({ colorScheme })
        await visitor.page.setViewportSize(viewport)
        await visitor.page.screenshot({ path: join(folder, fileName(name, suffix)), fullPage: true })
      }
    }
    await leave()
    await visitor.context.close()
  }
}

function fileName(name: Exhibit['name'], suffix: string): string {
  return `${name.replaceAll(/[^a-z]+/g, '-')}.${suffix}.png`
}

mkdirSync(folder, { recursive: true })
const scene = await startScene()
await photograph(scene).finally(scene.close)
console.log(folder)
