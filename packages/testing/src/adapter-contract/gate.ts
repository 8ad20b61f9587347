/** Holds requests inside their handlers until the test lets them go. */
export interface Gate {
  /** Called by a handler: resolves when the test lets it. */
  readonly pause: () => Promise<void>
  /** Resolves when so many handlers wait. */
  readonly waiting: (count: number) => Promise<void>
  /** Lets those that wait go on, the last that came first. */
  readonly open: () => void
}

/** Makes a gate that is closed. */
export function createGate(): Gate {
  const inside: (() => void)[] = []
  let watcher: { count: number; resolve: () => void } | undefined
  const notice = () => {
    if (watcher && inside.length >= watcher.count) watcher.resolve()
  }
  return {
    pause: () =>
      new Promise((resolve) => {
        inside.push(resolve)
        notice()
      }),
    waiting: (count) =>
      new Promise((resolve) => {
        watcher = { count, resolve }
        notice()
      }),
    open: () => {
      for (const go of inside.splice(0).reverse()) go()
    },
  }
}
