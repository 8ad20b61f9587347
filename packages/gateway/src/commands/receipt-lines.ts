import type { wire } from '@single-state/core/protocol'

const survives = {
  memory: 'is lost with the process of the store',
  disk: 'survives a restart of the machine',
  replicas: 'survives the loss of the primary',
} as const

/** A receipt as people read it: when it took effect everywhere, and what it survives. */
export function receiptLines({ committedAt, effectiveEverywhereAt, durability }: wire.EndAnswer['receipt']): readonly string[] {
  const everywhere = effectiveEverywhereAt === committedAt ? 'at once' : `by ${effectiveEverywhereAt}`
  return [`committed   ${committedAt}`, `everywhere  ${everywhere}`, `durability  ${durability}: it ${survives[durability]}`]
}
