import { createHash } from 'node:crypto'
import { SessionError, type TokenAlgorithm, type VerificationKey } from '@single-state/core/protocol'
import type { JWK } from 'jose'
import type { SessionStore, StoredKeys } from '../stores/store.ts'
import { type KeyState, nextSignsFromMs, publishedKeys, signingKey, standingOfKey, verifyMsOf } from './key-schedule.ts'
import { type Keypair, makeSealedKey, openSealedKey } from './sealed-key.ts'
import { createShownKids, lookEveryMs } from './shown-kids.ts'

/** A key that signs tokens. */
export interface SigningKey {
  readonly kid: string
  readonly alg: TokenAlgorithm
  readonly key: CryptoKey
}

/** A published key, for whoever operates the gateway. */
export interface ListedKey {
  readonly kid: string
  readonly alg: TokenAlgorithm
  readonly state: KeyState
  readonly signsFromMs: number
  /** Null while no other key takes its place. */
  readonly verifiesUntilMs: number | null
}

/** The gateway's keys, as the store has them. */
export interface Keyring {
  /** The key that signs now. */
  readonly signing: () => SigningKey
  /** The published key of exactly this id; undefined when there is none. */
  readonly keyOf: (kid: string) => VerificationKey | undefined
  /**
   * What is known of a key id that is not in the set at hand. Several gateways share the store, so another may have made it
   * a moment ago: `absent` only where the store was asked after the id was first shown; `unsure` means ask again in a second.
   *
   * Rejects with the store's `SessionError`.
   */
  readonly look: (kid: string) => Promise<'known' | 'absent' | 'unsure'>
  /** Looks into the store, for what another gateway has made or withdrawn. Rejects with the store's `SessionError`. */
  readonly refresh: () => Promise<void>
  /** The public keys (RFC 7517). */
  readonly jwks: () => { readonly keys: readonly JWK[] }
  /** Names the published set: it changes when a key is published, withdrawn or runs out, and not otherwise. */
  readonly hash: () => string
  /** The published keys, in the order in which they sign. */
  readonly list: () => readonly ListedKey[]
  /**
   * Publishes a new key that signs once every application can have it; what is replaced goes on verifying until the last
   * token it signed is of no use. A rotation that is under way already is left to finish.
   *
   * With `compromised` every key is withdrawn at once and the new one signs at once: everybody signs in again. With a `kid`
   * besides, that key alone: a new one is made only where it was the one that signs.
   */
  readonly rotate: (options?: Rotation) => Promise<void>
}

/** How keys change. */
export interface Rotation {
  readonly compromised?: boolean
  /** The one key that is compromised. One that is not published changes nothing. */
  readonly kid?: string | undefined
}

/** What a change keeps, and from when a new key signs behind that; null makes none. */
interface KeyChange {
  readonly kept: readonly Keypair[]
  readonly signsFromMs: number | null
}

/** Keys of the store, opened. */
interface Opened {
  /** As the store has them, which this was opened from. */
  readonly texts: readonly string[]
  readonly pairs: readonly Keypair[]
  /** Number of the question that it answers: a higher one is newer. */
  readonly question: number
}

/** What a keyring needs besides the store. */
export interface KeyringOptions {
  /** 32 bytes. */
  readonly encryptionKey: Uint8Array
  /** Wall clock, milliseconds since 1970. */
  readonly now: () => number
  /** Of keys that are made from here on. */
  readonly alg: TokenAlgorithm
  /** How long a session may lie idle: an expired token of it is still exchanged. */
  readonly idleMs: number
}

/** 5: more gateways than that do not rotate within the same few milliseconds. */
export const mostAttempts = 5

/**
 * Opens the keys in the store; makes the first one when there is none. Two gateways that start at once agree, since the
 * store takes the keys of only one of them. A store whose newest key is of another algorithm is rotated.
 *
 * @throws TypeError when the keys were encrypted with another secret.
 */
export async function openKeyring(store: SessionStore, { encryptionKey, now, alg, idleMs }: KeyringOptions): Promise<Keyring> {
  const verifyMs = verifyMsOf(idleMs)
  const shown = createShownKids(now)
  let taken: Opened = { texts: [], pairs: [], question: 0 }
  let questions = 0
  let looking: Promise<void> | undefined
  await change((keys) => (keys.length > 0 ? null : { kept: keys, signsFromMs: now() }))
  if (taken.pairs.at(-1)?.alg !== alg) await rotate()

  /**
   * Asks the store, and takes what it has. An answer that is overtaken by that of a later question is not taken: it may be
   * from before a rotation, and would bring a withdrawn key back.
   */
  async function ask(): Promise<{ readonly held: StoredKeys; readonly found: readonly Keypair[] }> {
    questions += 1
    const question = questions
    const held = await store.signingKeys()
    const found = await open(held.keys)
    // An emptied store is no order to forget the keys: its sessions are gone, and this process can still say so.
    if (question > taken.question && found.length > 0) taken = { texts: held.keys, pairs: found, question }
    return { held, found }
  }

  /** By their texts: after a failover that lost its tail the same revision may be of other keys. */
  async function open(texts: readonly string[]): Promise<readonly Keypair[]> {
    const isTaken = texts.length === taken.texts.length && texts.every((text, at) => text === taken.texts[at])
    return isTaken ? taken.pairs : Promise.all(texts.map((text) => openSealedKey(text, encryptionKey)))
  }

  function refresh(): Promise<void> {
    looking ??= look().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function look(): Promise<void> {
    const settle = shown.startLook()
    await ask()
    settle((kid) => published().some((pair) => pair.kid === kid))
  }

  function published(): readonly Keypair[] {
    return publishedKeys(taken.pairs, now(), verifyMs)
  }

  /** Keeps what `decide` keeps and puts a new key behind it, on the condition that nobody else has changed them; null changes nothing. */
  async function change(decide: (keys: readonly Keypair[]) => KeyChange | null) {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      const { held, found } = await ask()
      const decided = decide(found)
      if (decided === null) return
      const kept = held.keys.filter((_, at) => decided.kept.includes(found[at] as Keypair))
      const made = decided.signsFromMs === null ? [] : [await makeSealedKey(alg, decided.signsFromMs, encryptionKey)]
      if (!(await store.saveSigningKeys(held.revision, [...kept, ...made]))) continue
      await ask()
      return
    }
    throw new SessionError('store_unavailable', 'other gateways change the signing keys at the same time')
  }

  function rotate({ compromised = false, kid }: Rotation = {}): Promise<void> {
    return change((keys) => {
      if (compromised && kid !== undefined) return withoutKey(publishedKeys(keys, now(), verifyMs), kid, now())
      if (compromised) return { kept: [], signsFromMs: now() }
      const newest = keys.at(-1)
      if (newest && newest.signsFromMs > now() && newest.alg === alg) return null
      return { kept: publishedKeys(keys, now(), verifyMs), signsFromMs: nextSignsFromMs(keys, now()) }
    })
  }

  const isKnown = (kid: string) => published().some((pair) => pair.kid === kid)
  return {
    signing: () => {
      const { kid, alg: own, signing } = signingKey(taken.pairs, now())
      return { kid, alg: own, key: signing }
    },
    keyOf: (kid) => {
      const pair = published().find((candidate) => candidate.kid === kid)
      return pair && { kid: pair.kid, alg: pair.alg, key: pair.verifying }
    },
    look: async (kid) => {
      if (isKnown(kid)) return 'known'
      if (shown.show(kid) === 'may-look') await refresh()
      if (isKnown(kid)) return 'known'
      return shown.isAbsent(kid) ? 'absent' : 'unsure'
    },
    refresh,
    jwks: () => ({ keys: published().map(({ publicJwk }) => publicJwk) }),
    hash: () =>
      createHash('sha256')
        .update(
          published()
            .map(({ kid }) => kid)
            .sort()
            .join('\n'),
        )
        .digest('base64url')
        .slice(0, 22),
    list: () => {
      const nowMs = now()
      const { pairs } = taken
      const isPublished = publishedKeys(pairs, nowMs, verifyMs)
      return pairs.flatMap((pair, at) => {
        if (!isPublished.includes(pair)) return []
        const { kid, alg: own, signsFromMs } = pair
        return [{ kid, alg: own, signsFromMs, ...standingOfKey(pairs, at, nowMs, verifyMs) }]
      })
    },
    rotate,
  }
}

/**
 * Withdraws one key of those that are published. Where it is the one that signs, a new one does at once, and takes the place
 * of one that waits: that has signed nothing yet.
 */
function withoutKey(keys: readonly Keypair[], kid: string, nowMs: number): KeyChange | null {
  const others = keys.filter((pair) => pair.kid !== kid)
  if (others.length === keys.length) return null
  if (signingKey(keys, nowMs).kid !== kid) return { kept: others, signsFromMs: null }
  return { kept: others.filter(({ signsFromMs }) => signsFromMs <= nowMs), signsFromMs: nowMs }
}

/** Looks into the store every second, until told to stop: a key that another gateway withdraws is good nowhere a second later. */
export function startWatchingKeys(
  keys: Pick<Keyring, 'refresh'>,
  every: (ms: number, call: () => void) => () => void,
  failed: (error: unknown) => void,
): () => void {
  return every(lookEveryMs, () => {
    keys.refresh().catch(failed)
  })
}
