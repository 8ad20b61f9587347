import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Room, rooms } from './gallery.ts'
import { inspectPage } from './inspect-page.ts'
import type { Scene } from './scene.ts'
import type { Visitor } from './visitor.ts'

/**
 * Every page, as it is for people who use it in other ways than with a mouse and good eyes: labels and names, headings,
 * Tab in the order of reading with a focus that shows, contrast in both schemes, a width of 360 px; and no token in it.
 */
export function pageTests(scene: () => Scene): void {
  describe.each(rooms)('the pages for $name', (room) => roomTests(scene, room))
}

function roomTests(scene: () => Scene, { exhibits, enter }: Room): void {
  let visitor: Visitor
  let leave: (() => Promise<void>) | undefined

  beforeAll(async () => {
    visitor = await scene().visitor()
    leave = await enter(scene(), visitor)
  }, 30_000)
  afterAll(async () => {
    await leave?.()
    await visitor?.context.close()
  }, 30_000)

  it.each(exhibits)('$name', async ({ open }) => {
    await open(visitor.page, scene().origins)
    expect(await inspectPage(visitor.page)).toEqual([])
    expect(visitor.complaints).toEqual([])
  })
}
