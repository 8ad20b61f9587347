/** Key ids that were shown and are not in the set at hand. */
export interface ShownKids {
  /** Notes an id; `may-look` where the store may be asked for it now. */
  readonly show: (kid: string) => 'may-look' | 'wait'
  /** Whether the store did not have this id when it was asked after the id was shown. */
  readonly isAbsent: (kid: string) => boolean
  /** A look begins: ids shown so far are settled by what it finds, through what this answers. */
  readonly startLook: () => (isKnown: (kid: string) => boolean) => void
}

/** 1 s: tokens with invented key ids cost one look into the store in a second, not one each. */
export const lookEveryMs = 1_000

/** 1,000 of 64 characters each; beyond that the oldest is forgotten, and asked for again if it is shown again. */
export const mostKids = 1_000

/**
 * Remembers which key ids the store has already been asked for. An id names its key by a hash, so nobody can show it before
 * the key is made: one that was not there after it was shown never will be.
 */
export function createShownKids(now: () => number): ShownKids {
  let shown = new Set<string>()
  const absent = new Set<string>()
  let lookedAtMs = Number.NEGATIVE_INFINITY

  return {
    show(kid) {
      if (absent.has(kid)) return 'wait'
      remember(shown, kid)
      // A clock that was set back must not put the next look off.
      const sinceMs = now() - lookedAtMs
      return sinceMs >= lookEveryMs || sinceMs < 0 ? 'may-look' : 'wait'
    },
    isAbsent: (kid) => absent.has(kid),
    startLook() {
      const asked = shown
      shown = new Set()
      lookedAtMs = now()
      return (isKnown) => {
        for (const kid of asked) if (!isKnown(kid)) remember(absent, kid)
      }
    },
  }
}

function remember(kids: Set<string>, kid: string): void {
  const [oldest] = kids
  if (kids.size >= mostKids && oldest !== undefined) kids.delete(oldest)
  kids.add(kid)
}
