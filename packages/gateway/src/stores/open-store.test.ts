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
    const stores = [await openStore('memory', { clock: () => 7 }), await openStore(`sqlite:${path}`, { clock: () => 7 })]
    expect(stores.map(({ name }) => name)).toEqual(['memory', `sqlite:${path}`])
    for (const store of stores) expect((await store.health()).nowMs).toBe(7)
    for (const store of stores) await store.close()
  })

  it('takes a store as it is', async () => {
    const store = memoryStore()
    expect(await openStore(store)).toBe(store)
  })

  it.each([
    ['mysql://user:secret@host/db', '"mysql:…"'],
    ['sqlite', '"sqlite"'],
    ['sqlite:', '"sqlite:…"'],
    ['', '""'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7, 'number'],
  ])('refuses %j, naming the option and what is accepted', async (store, found) => {
    const expected = `store: expected 'memory', 'sqlite:<path>', 'redis://…', 'postgres://…' or a store, found ${found}`
    await expect(openStore(store as string)).rejects.toThrow(new TypeError(expected))
  })

  it('opens a Redis, and says which it could not reach without its password', async () => {
    const opening = openStore('redis://gateway:secret@127.0.0.1:1/2')
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('redis://127.0.0.1:1/2') })
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
  })

  it('opens a database, and says which it could not reach without its password', async () => {
    const opening = openStore('postgres://gateway:secret@127.0.0.1:1/sessions')
    await expect(opening).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringContaining('127.0.0.1:1/sessions') })
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') })
  })

  it('names the method that a store of somebody else lacks', async () => {
    const { endSubject, ...rest } = memoryStore()
    await expect(openStore(rest as SessionStore)).rejects.toThrow(
      new TypeError('store: expected every method of a store, found none called endSubject'),
    )
  })
})
