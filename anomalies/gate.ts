/** Holds work at one place until the scenario lets it go on: what is concurrent happens in a known order. */
export interface Gate {
  /** Waits until the gate is open. */
  readonly pass: () => Promise<void>
  /** Resolves when so many wait. */
  readonly waiting: (count?: number) => Promise<void>
  /** Lets those that wait go on, and everybody after them. */
  readonly open: () => void
}

/** Makes a closed gate that holds the first `most` only (default everybody). */
export function createGate(most = Number.POSITIVE_INFINITY): Gate {
  const opened = Promise.withResolvers<void>()
  const watchers: { readonly count: number; readonly resolve: () => void }[] = []
  let arrived = 0
  const notice = () => {
    for (const { count, resolve } of watchers) if (arrived >= count) resolve()
  }
  return {
    pass: async () => {
      if (arrived >= most) return
      arrived += 1
      notice()
      await opened.promise
    },
    waiting: (count = 1) =>
      new Promise((resolve) => {
        watchers.push({ count, resolve })
        notice()
      }),
    open: () => opened.resolve(),
  }
}
