import { setTimeout as pause } from 'node:timers/promises'
import { between, type Random } from '../load/random.ts'
import type { Nemesis } from './nemesis.ts'

/** A fault that is over. */
export interface Inflicted {
  readonly kind: string
  /** When the store was asked directly what it answered again; null where the fault left it to a gateway, or the next fault came at once. */
  readonly backMs: number | null
  /** How long that answer took: on a busy machine everybody waits, and a good read is a few such answers. */
  readonly directMs: number
}

/** What faults are inflicted on and how it is going. */
export interface Victim {
  readonly nowMs: () => number
  /** Whether it is time to stop. */
  readonly isOver: () => boolean
  /** Whether the store answers somebody who asks it directly. */
  readonly isBack: () => Promise<boolean>
  /** Resolves at the first good read that ends after this moment, or when none came for long. */
  readonly goodReadAfter: (sinceMs: number) => Promise<void>
  readonly onFault: (line: string) => void
}

/** Lets one thing after another go wrong: each kind once, in a drawn order, then again, so that a short run meets many. */
export async function inflictUntilOver(victim: Victim, nemeses: readonly Nemesis[], random: Random): Promise<readonly Inflicted[]> {
  const inflicted: Inflicted[] = []
  let order: Nemesis[] = []
  while (!victim.isOver()) {
    if (order.length === 0) order = shuffled(nemeses, random)
    await pause(between(random, 200, 900))
    inflicted.push(await inflictOne(victim, order.pop() as Nemesis, random))
  }
  return inflicted
}

async function inflictOne(victim: Victim, nemesis: Nemesis, random: Random): Promise<Inflicted> {
  const { kind, mostMs, takesStore } = nemesis
  const startMs = victim.nowMs()
  const heal = await nemesis.inflict(random)
  await pause(between(random, Math.min(300, mostMs), mostMs))
  await heal()
  const tookMs = Math.round(victim.nowMs() - startMs)
  // Every third time the next fault may come before anything has recovered: that is not a wait that can be measured.
  if (!takesStore || random() < 1 / 3) {
    victim.onFault(`${kind}, ${tookMs} ms`)
    return { kind, backMs: null, directMs: 0 }
  }
  const { backMs, directMs } = await returnOf(victim)
  await victim.goodReadAfter(backMs)
  victim.onFault(
    `${kind}, ${tookMs} ms, a good read ${Math.round(victim.nowMs() - backMs)} ms after the store's return, its own answer ${Math.round(directMs)} ms`,
  )
  return { kind, backMs, directMs }
}

/** 30 s: a store that is not back by then does not come back. */
const patienceMs = 30_000

/** When the question was asked that the store answered first, and how long it took. */
async function returnOf({ nowMs, isBack }: Victim): Promise<{ readonly backMs: number; readonly directMs: number }> {
  for (const deadlineMs = nowMs() + patienceMs; ; await pause(10)) {
    const askedMs = nowMs()
    if (await isBack().catch(() => false)) return { backMs: askedMs, directMs: nowMs() - askedMs }
    if (askedMs > deadlineMs) throw new Error('the store did not come back')
  }
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
