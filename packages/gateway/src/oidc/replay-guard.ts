/** Remembers tokens that were obeyed, for as long as they would be believed. */
export interface ReplayGuard {
  knows(jti: string, nowMs: number): boolean
  remember(jti: string, untilMs: number, nowMs: number): void
}

/** 10,000 in 2 min: some 80 sign-outs a second. Beyond, the one that ends first is forgotten first. */
export const mostRemembered = 10_000

/**
 * An empty guard, of one process: another gateway would obey a token that this one has obeyed. That signs out somebody who
 * has signed in again within the life of the token, and nothing more.
 */
export function createReplayGuard(most = mostRemembered): ReplayGuard {
  const remembered = new Map<string, number>()

  function forget(nowMs: number): void {
    for (const [jti, untilMs] of remembered) if (untilMs <= nowMs) remembered.delete(jti)
    const [oldest] = remembered.keys()
    if (remembered.size >= most && oldest !== undefined) remembered.delete(oldest)
  }

  return {
    knows: (jti, nowMs) => (remembered.get(jti) ?? Number.NEGATIVE_INFINITY) > nowMs,
    remember: (jti, untilMs, nowMs) => {
      if (remembered.size >= most) forget(nowMs)
      remembered.set(jti, untilMs)
    },
  }
}
