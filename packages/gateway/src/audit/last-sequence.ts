import type { SessionStore } from '../stores/store.ts'

/** The sequence of the newest audit record, 0 for none: found by halving, as the sequence has no gap. */
export async function lastSequence(store: Pick<SessionStore, 'auditQuery'>): Promise<number> {
  const hasMore = async (afterSeq: number) => (await store.auditQuery({ afterSeq, idHash: null, limit: 1 })).length > 0
  let known = 0
  let step = 1
  for (; await hasMore(known + step - 1); step *= 2) known += step
  for (step /= 2; step >= 1; step /= 2) if (await hasMore(known + step - 1)) known += step
  return known
}
