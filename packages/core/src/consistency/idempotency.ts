/** A write that was applied, as the session's record remembers it. */
export interface AppliedWrite {
  /** Application and idempotency key, joined by the gateway. */
  readonly key: string
  /** Hash of method, path and body. */
  readonly requestHash: string
  /** The version that it produced. */
  readonly version: number
}

/** 16: more than the writes that one session has under way at once; the record stays small. */
export const rememberedWrites = 16

/**
 * What a write with this key is: new, a repeat of an applied one, or another request under a used key.
 *
 * Looked up before the precondition (rule 4): a repeat must be answered as the success that it was, although the
 * version it was based on has been passed, by itself.
 */
export function recall(
  history: readonly AppliedWrite[],
  write: { readonly key: string; readonly requestHash: string } | undefined,
): { readonly kind: 'new' } | { readonly kind: 'repeat'; readonly version: number } | { readonly kind: 'foreign' } {
  const applied = write && history.find(({ key }) => key === write.key)
  if (!write || !applied) return { kind: 'new' }
  return applied.requestHash === write.requestHash ? { kind: 'repeat', version: applied.version } : { kind: 'foreign' }
}

/**
 * Whether a write that was based on a version may have been applied and forgotten by now: it would have made the version
 * after that one, and each write since took a place. Then the conflict of its repeat says nothing about it.
 */
export function mayBeForgotten(basedOn: number, current: number): boolean {
  return current - basedOn > rememberedWrites
}

/** The history with one more applied write, oldest dropped. */
export function remember(history: readonly AppliedWrite[], write: AppliedWrite): readonly AppliedWrite[] {
  return [...history, write].slice(-rememberedWrites)
}
