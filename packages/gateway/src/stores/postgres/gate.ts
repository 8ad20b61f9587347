import { SessionError } from '@single-state/core/protocol'

/** Lets so many calls through at once; the others wait in line. */
export type Gate = <Result>(call: () => Promise<Result>) => Promise<Result>

/** 1.5 s: below the gateway's own deadline for a write, so that one that never began is known to have changed nothing. */
const waitMs = 1_500

/** Rejects with `SessionError` `store_unavailable` for a call that waited too long. */
export function createGate(width: number): Gate {
  let free = width
  const waiting = new Set<() => void>()

  function leave(): void {
    free += 1
    const [next] = waiting
    next?.()
  }

  function enter(): Promise<void> {
    if (free > 0) {
      free -= 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(pass)
        reject(new SessionError('store_unavailable', 'postgres: too many writes at once'))
      }, waitMs)
      const pass = () => {
        clearTimeout(timer)
        waiting.delete(pass)
        free -= 1
        resolve()
      }
      waiting.add(pass)
    })
  }

  return async (call) => {
    await enter()
    try {
      return await call()
    } finally {
      leave()
    }
  }
}
