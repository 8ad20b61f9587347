import { describe, expect, it } from 'vitest'
import { deriveSecrets } from '../secrets.ts'
import { memoryStore } from '../stores/memory.ts'
import { openKeyring } from './keys.ts'

const { keyEncryption } = deriveSecrets('a secret of tests that is long enough')
const kids = (ring: Awaited<ReturnType<typeof openKeyring>>) => ring.jwks().keys.map(({ kid }) => kid)

describe('the keyring', () => {
  it('makes one key in an empty store and finds it again', async () => {
    const store = memoryStore()
    const [first, second] = [await openKeyring(store, keyEncryption, Date.now), await openKeyring(store, keyEncryption, Date.now)]
    expect(kids(first)).toHaveLength(1)
    expect(kids(second)).toEqual(kids(first))
    expect(second.signing().kid).toBe(first.signing().kid)
  })

  it('is one for two gateways that start at the same time', async () => {
    const store = memoryStore()
    const rings = await Promise.all([openKeyring(store, keyEncryption, Date.now), openKeyring(store, keyEncryption, Date.now)])
    expect(kids(rings[0])).toEqual(kids(rings[1]))
    expect((await store.signingKeys()).keys).toHaveLength(1)
  })

  it('looks for a key of another gateway at most every 30 s', async () => {
    let nowMs = 0
    let looks = 0
    const store = memoryStore()
    const counting = { ...store, signingKeys: () => ++looks && store.signingKeys() }
    const ring = await openKeyring(counting as typeof store, keyEncryption, () => nowMs)
    const opened = looks
    for (nowMs = 0; nowMs < 30_000; nowMs += 1_000) await ring.refresh()
    expect(looks).toBe(opened)
    await ring.refresh()
    await ring.refresh()
    expect(looks).toBe(opened + 1)
  })

  it('signs with the newest key and knows the older ones', async () => {
    const store = memoryStore()
    const ring = await openKeyring(store, keyEncryption, () => 0)
    const other = memoryStore()
    const [newer] = (await openKeyring(other, keyEncryption, () => 0).then(() => other.signingKeys())).keys
    const held = await store.signingKeys()
    await store.saveSigningKeys(held.revision, [...held.keys, newer as string])
    const both = await openKeyring(store, keyEncryption, () => 0)
    expect(kids(both)).toHaveLength(2)
    expect(both.signing().kid).toBe(kids(both)[1])
    expect(both.keyOf(ring.signing().kid)?.alg).toBe('EdDSA')
    expect(both.keyOf('nobody')).toBeUndefined()
  })

  it('cannot be opened with another secret', async () => {
    const store = memoryStore()
    await openKeyring(store, keyEncryption, Date.now)
    await expect(openKeyring(store, deriveSecrets('x'.repeat(40)).keyEncryption, Date.now)).rejects.toThrow(TypeError)
  })
})

describe('the secrets', () => {
  it('are of one purpose each, and the same every time', () => {
    const [one, again, other] = [deriveSecrets('a'.repeat(32)), deriveSecrets('a'.repeat(32)), deriveSecrets('b'.repeat(32))]
    expect(one.keyEncryption).toEqual(again.keyEncryption)
    expect(one.keyEncryption).not.toEqual(one.transaction)
    expect(one.keyEncryption).not.toEqual(other.keyEncryption)
    expect(one.idHash('x')).toBe(again.idHash('x'))
    expect(one.idHash('x')).not.toBe(other.idHash('x'))
    expect(one.idHash('x')).not.toBe(one.idHash('y'))
  })
})
