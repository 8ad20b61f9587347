import { afterAll, describe, expect, it } from 'vitest'
import { createTemporaryFolder } from './fixtures/temporary-folder.ts'
import { memoryStore } from './memory.ts'
import { openStore } from './open-store.ts'
import type { SessionStore } from './store.ts'

const folder = createTemporaryFolder()
afterAll(folder.remove)

describe('openStore', () => {
  it('makes the store that a text names, on the clock that it is given', async () => {
    const path = folder.newPath()
    const stores = [openStore('memory', { clock: () => 7 }), openStore(`sqlite:${path}`, { clock: () => 7 })]
    expect(stores.map(({ name }) => name)).toEqual(['memory', `sqlite:${path}`])
    for (const store of stores) expect((await store.health()).nowMs).toBe(7)
    for (const store of stores) await store.close()
  })

  it('takes a store as it is', () => {
    const store = memoryStore()
    expect(openStore(store)).toBe(store)
  })

  it.each([
    ['redis://user:secret@host', '"redis:…"'],
    ['postgres://host/db', '"postgres:…"'],
    ['sqlite', '"sqlite"'],
    ['sqlite:', '"sqlite:…"'],
    ['', '""'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'number'],
  ])('refuses %j, naming the option and what is accepted', (store, found) => {
    expect(() => openStore(store as string)).toThrow(new TypeError(`store: expected 'memory', 'sqlite:<path>' or a store, found ${found}`))
  })

  it('names the method that a store of somebody else lacks', () => {
    const { endSubject, ...rest } = memoryStore()
    expect(() => openStore(rest as SessionStore)).toThrow(
      new TypeError('store: expected every method of a store, found none called endSubject'),
    )
  })
})
