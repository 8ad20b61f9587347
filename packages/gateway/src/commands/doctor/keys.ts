import type { CheckedConfig } from '../../configure.ts'
import { durationText } from '../../duration-text.ts'
import { deriveSecrets } from '../../secrets.ts'
import type { SessionStore } from '../../stores/store.ts'
import { publishedKeys, standingOfKey, verifyMsOf } from '../../tokens/key-schedule.ts'
import { type Keypair, openSealedKey } from '../../tokens/sealed-key.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** 90 d: who has stolen a key unseen has it no longer than that. */
const oldMs = 90 * 86_400_000

/** The keys that sign tokens: whether this secret opens them, how old the newest is, what overlaps. Makes none. */
export async function keyFindings(store: SessionStore, config: CheckedConfig, nowMs: number): Promise<readonly Finding[]> {
  const { keys } = await store.signingKeys()
  if (keys.length === 0) return [ok('keys', 'none yet: the first start of a gateway makes one')]
  const { keyEncryption } = deriveSecrets(config.secret)
  let pairs: readonly Keypair[]
  try {
    pairs = await Promise.all(keys.map((sealed) => openSealedKey(sealed, keyEncryption)))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return [fail('keys', 'the keys in the store do not open', error.message)]
  }
  return [overlapFinding(pairs, config, nowMs), ageFinding(pairs, nowMs)]
}

function overlapFinding(pairs: readonly Keypair[], { contract }: CheckedConfig, nowMs: number): Finding {
  const verifyMs = verifyMsOf(contract.lifetime.idleMs)
  const published = publishedKeys(pairs, nowMs, verifyMs)
  const states = pairs.flatMap((pair, at) => {
    if (!published.includes(pair)) return []
    const { state, verifiesUntilMs } = standingOfKey(pairs, at, nowMs, verifyMs)
    const until = state === 'verifying' && verifiesUntilMs !== null ? ` until ${new Date(verifiesUntilMs).toISOString()}` : ''
    return [`${pair.kid.slice(0, 8)}… (${pair.alg}) ${state}${until}`]
  })
  return ok('keys', `${states.length} published: ${states.join(', ')}`)
}

function ageFinding(pairs: readonly Keypair[], nowMs: number): Finding {
  const { signsFromMs } = pairs.at(-1) as Keypair
  if (signsFromMs > nowMs) return ok('keys', `the newest signs from ${new Date(signsFromMs).toISOString()}`)
  if (signsFromMs === 0) return warn('keys', 'the newest does not say how old it is', "rotate it: 'single-state keys rotate'")
  const age = durationText(Math.floor((nowMs - signsFromMs) / 60_000) * 60_000)
  if (nowMs - signsFromMs < oldMs) return ok('keys', `the newest signs since ${age}`)
  return warn('keys', `the newest signs since ${age}`, "rotate it: 'single-state keys rotate'")
}
