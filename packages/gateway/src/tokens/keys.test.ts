import { decodeProtectedHeader } from 'jose'
import { describe, expect, it } from 'vitest'
import { deriveSecrets } from '../secrets.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionStore } from '../stores/store.ts'
import { issueToken } from './issue.ts'
import { publishMs, verifyMsOf } from './key-schedule.ts'
import { type Keyring, type KeyringOptions, openKeyring } from './keys.ts'

const { keyEncryption } = deriveSecrets('a secret of tests that is long enough')
const idleMs = 1_800_000
const kids = (ring: Keyring) => ring.jwks().keys.map(({ kid }) => kid)

/** A store whose looks are counted, a clock, and gateways that share both. */
function bench() {
  const store = memoryStore()
  const time = { nowMs: 1_000_000 }
  let looks = 0
  const counted: SessionStore = { ...store, signingKeys: () => ++looks && store.signingKeys() } as SessionStore
  const open = (options: Partial<KeyringOptions> = {}) =>
    openKeyring(counted, { encryptionKey: keyEncryption, now: () => time.nowMs, alg: 'EdDSA', idleMs, ...options })
  return { store, time, open, looks: () => looks }
}

describe('the keyring', () => {
  it('makes one key in an empty store and finds it again', async () => {
    const { open } = bench()
    const [first, second] = [await open(), await open()]
    expect(kids(first)).toHaveLength(1)
    expect(kids(second)).toEqual(kids(first))
    expect(second.signing().kid).toBe(first.signing().kid)
  })

  it('is one for two gateways that start at the same time', async () => {
    const { open, store } = bench()
    const rings = await Promise.all([open(), open()])
    expect(kids(rings[0])).toEqual(kids(rings[1]))
    expect((await store.signingKeys()).keys).toHaveLength(1)
  })

  it('cannot be opened with another secret', async () => {
    const { open } = bench()
    await open()
    await expect(open({ encryptionKey: deriveSecrets('x'.repeat(40)).keyEncryption })).rejects.toThrow(TypeError)
  })

  it('shows public keys and nothing more: what signs, and since when, stays inside', async () => {
    const [key] = (await bench().open()).jwks().keys
    expect(Object.keys(key ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  })
})

describe('a rotation of keys', () => {
  it('publishes the new key before it signs, and keeps the old one until nothing that it signed is of use', async () => {
    const { open, time } = bench()
    const ring = await open()
    const old = ring.signing().kid
    await ring.rotate()
    const [, fresh] = kids(ring)
    expect(kids(ring)).toEqual([old, fresh])
    expect(ring.signing().kid).toBe(old)
    time.nowMs += publishMs
    expect(ring.signing().kid).toBe(fresh)
    expect(ring.keyOf(old)?.alg).toBe('EdDSA')
    time.nowMs += verifyMsOf(idleMs)
    expect(ring.keyOf(old)).toBeUndefined()
    expect(kids(ring)).toEqual([fresh])
  })

  it('is one, however many gateways ask for it while it is under way', async () => {
    const { open } = bench()
    const rings = await Promise.all([open(), open(), open()])
    await Promise.all(rings.map((ring) => ring.rotate()))
    await rings[0].rotate()
    await Promise.all(rings.map((ring) => ring.refresh()))
    for (const ring of rings) expect(kids(ring)).toEqual(kids(rings[0]))
    expect(kids(rings[0])).toHaveLength(2)
  })

  it('drops from the store what verifies nothing any more', async () => {
    const { open, time, store } = bench()
    const ring = await open()
    for (let turn = 0; turn < 5; turn += 1) {
      await ring.rotate()
      time.nowMs += publishMs + verifyMsOf(idleMs)
    }
    expect((await store.signingKeys()).keys).toHaveLength(2)
  })

  it('withdraws every key at once when they are compromised, here and at every other gateway', async () => {
    const { open } = bench()
    const [ring, other] = [await open(), await open()]
    await ring.rotate()
    const [old, waiting] = kids(ring)
    await ring.rotate({ compromised: true })
    expect(kids(ring)).not.toContain(old)
    expect(kids(ring)).not.toContain(waiting)
    expect(ring.signing().kid).toBe(kids(ring)[0])
    await other.refresh()
    expect(kids(other)).toEqual(kids(ring))
  })

  it('is not undone by an answer of the store from before it that comes late', async () => {
    const { store, time } = bench()
    let held: Promise<void> | null = null
    const signingKeys = async () => {
      const [answer, waiting] = [await store.signingKeys(), held]
      held = null
      await waiting
      return answer
    }
    const ring = await openKeyring({ ...store, signingKeys }, { encryptionKey: keyEncryption, now: () => time.nowMs, alg: 'EdDSA', idleMs })
    const leaked = ring.signing().kid
    let letThrough = () => {}
    held = new Promise((resolve) => {
      letThrough = resolve
    })
    const look = ring.refresh()
    await expect.poll(() => held).toBeNull()
    await ring.rotate({ compromised: true })
    letThrough()
    await look
    expect(ring.keyOf(leaked)).toBeUndefined()
    expect(ring.signing().kid).not.toBe(leaked)
  })

  it('is taken in where the store has other keys under the same revision: a failover may lose what came last', async () => {
    const [one, other] = [bench(), bench()]
    await other.open()
    let isReplaced = false
    const signingKeys = () => (isReplaced ? other : one).store.signingKeys()
    const store: SessionStore = { ...one.store, signingKeys }
    const ring = await openKeyring(store, { encryptionKey: keyEncryption, now: () => one.time.nowMs, alg: 'EdDSA', idleMs })
    const before = kids(ring)
    isReplaced = true
    await ring.refresh()
    expect((await other.store.signingKeys()).revision).toBe((await one.store.signingKeys()).revision)
    expect(kids(ring)).not.toEqual(before)
  })

  it('withdraws the one key that is named: the others sign and verify as before', async () => {
    const { open, time } = bench()
    const ring = await open()
    const first = ring.signing().kid
    await ring.rotate()
    time.nowMs += publishMs
    const second = ring.signing().kid
    await ring.rotate()
    const [, , waiting = ''] = kids(ring)
    await ring.rotate({ compromised: true, kid: first })
    expect([kids(ring), ring.signing().kid]).toEqual([[second, waiting], second])
    await ring.rotate({ compromised: true, kid: waiting })
    expect([kids(ring), ring.signing().kid]).toEqual([[second], second])
    await ring.rotate({ compromised: true, kid: first })
    expect(kids(ring)).toEqual([second])
  })

  it('makes a key that signs at once where the named one did, and lets that take the place of one that waits', async () => {
    const { open, time } = bench()
    const [ring, other] = [await open(), await open()]
    const first = ring.signing().kid
    await ring.rotate()
    time.nowMs += publishMs
    const second = ring.signing().kid
    await ring.rotate()
    await ring.rotate({ compromised: true, kid: second })
    const fresh = ring.signing().kid
    expect([first, second]).not.toContain(fresh)
    expect(kids(ring)).toEqual([first, fresh])
    time.nowMs += 2 * publishMs
    expect(ring.signing().kid).toBe(fresh)
    await other.refresh()
    expect(kids(other)).toEqual(kids(ring))
  })

  it('brings no key back that had run out when it withdraws another', async () => {
    const { open, time } = bench()
    const ring = await open()
    const first = ring.signing().kid
    await ring.rotate()
    time.nowMs += publishMs
    const second = ring.signing().kid
    time.nowMs += verifyMsOf(idleMs) - publishMs - 1
    await ring.rotate()
    time.nowMs += publishMs + 1
    expect(kids(ring)).not.toContain(first)
    await ring.rotate({ compromised: true, kid: second })
    expect(kids(ring)).toEqual([ring.signing().kid])
  })

  it('changes the hash of the published set, which is the same at every gateway', async () => {
    const { open, time } = bench()
    const [ring, other] = [await open(), await open()]
    const seen = [ring.hash()]
    await ring.rotate()
    seen.push(ring.hash())
    time.nowMs += publishMs
    expect(ring.hash()).toBe(seen[1])
    time.nowMs += verifyMsOf(idleMs)
    seen.push(ring.hash())
    await ring.rotate({ compromised: true })
    seen.push(ring.hash())
    expect(new Set(seen).size).toBe(4)
    await other.refresh()
    expect(other.hash()).toBe(ring.hash())
  })

  it('is what a change of the algorithm is: both are published, then the new one signs', async () => {
    const { open, time } = bench()
    await open()
    const ring = await open({ alg: 'ES256' })
    expect(ring.list().map(({ alg, state }) => [alg, state])).toEqual([
      ['EdDSA', 'signing'],
      ['ES256', 'waiting'],
    ])
    time.nowMs += publishMs
    const { token } = await issueToken(
      { id: 'S'.repeat(43), generation: 1, expiresAtMs: time.nowMs + 1e6 },
      { origin: 'https://session.acme.test', tokenMs: 300_000, key: ring.signing() },
      time.nowMs,
    )
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'ES256', kid: ring.signing().kid })
    expect((await open({ alg: 'ES256' })).list()).toHaveLength(2)
  })
})

describe('a key id that is not in the set at hand', () => {
  it('is looked for in the store: another gateway may have made it a moment ago', async () => {
    const { open, time } = bench()
    const [ring, other] = [await open(), await open()]
    await other.rotate({ compromised: true })
    time.nowMs += 1_000
    expect(await ring.look(other.signing().kid)).toBe('known')
  })

  it('is never called absent before the store was asked, however many invented ones came before it', async () => {
    const { open, time } = bench()
    const [ring, other] = [await open(), await open()]
    time.nowMs += 1_000
    expect(await ring.look('invented-0')).toBe('absent')
    await other.rotate({ compromised: true })
    const answers = await Promise.all([...Array(20).keys()].map((at) => ring.look(`invented-${at + 1}`)))
    expect(new Set(answers)).toEqual(new Set(['unsure']))
    expect(await ring.look(other.signing().kid)).toBe('unsure')
    time.nowMs += 1_000
    expect(await ring.look(other.signing().kid)).toBe('known')
    expect(await ring.look('invented-7')).toBe('absent')
  })

  it('costs at most one look a second, and none once it is known to be absent', async () => {
    const { open, time, looks } = bench()
    const ring = await open()
    const opened = looks()
    time.nowMs += 1_000
    for (let at = 0; at < 5_000; at += 1) await ring.look(`invented-${at}`)
    expect(looks()).toBe(opened + 1)
    for (let second = 0; second < 10; second += 1) {
      time.nowMs += 1_000
      await ring.look('invented-0')
    }
    expect(looks()).toBe(opened + 1)
  })

  it.each(['__proto__', 'constructor', '../../dev/null', "' OR 1=1 --", ''])('finds no key by %j', async (kid) => {
    const ring = await bench().open()
    expect(ring.keyOf(kid)).toBeUndefined()
    expect(ring.keyOf(`${ring.signing().kid} `)).toBeUndefined()
    expect(ring.keyOf(ring.signing().kid.toUpperCase())).toBeUndefined()
  })

  it('keeps the keys at hand while the store is away, and when it is found empty', async () => {
    const { store, time } = bench()
    let fails = false
    const flaky = { ...store, signingKeys: () => (fails ? Promise.reject(new Error('away')) : store.signingKeys()) } as SessionStore
    const ring = await openKeyring(flaky, { encryptionKey: keyEncryption, now: () => time.nowMs, alg: 'EdDSA', idleMs })
    const before = kids(ring)
    fails = true
    await expect(ring.refresh()).rejects.toThrow('away')
    expect(kids(ring)).toEqual(before)
    fails = false
    await store.saveSigningKeys((await store.signingKeys()).revision, [])
    await ring.refresh()
    expect(kids(ring)).toEqual(before)
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
