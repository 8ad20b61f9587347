/** Something that was asked and answered, and what it would do to the object if it happened at one moment. */
export interface Action<State> {
  readonly startMs: number
  /** Infinite for one that may still take effect at any time, or never. */
  readonly endMs: number
  /** The state after it; null where what was answered cannot be an answer in this state. */
  readonly apply: (state: State) => State | null
}

/**
 * Whether there is an order of all these actions, each at some moment between its start and its end, that explains every
 * answer (Wing and Gong 1993, with the memory of Lowe 2017). It knows nothing of versions or leases: a second opinion.
 */
export function isLinearizable<State>(actions: readonly Action<State>[], initial: State, keyOf: (state: State) => string): boolean {
  const ordered = [...actions].sort((one, other) => one.startMs - other.startMs)
  const isDone = new Array<boolean>(ordered.length).fill(false)
  const seen = new Set<string>()
  const path: Choice<State>[] = []
  let state = initial

  for (;;) {
    const candidates = isNew() ? candidatesNow() : []
    if (candidates === null) return true
    path.push({ candidates, next: 0, state, taken: null })
    if (!advance()) return false
  }

  /** Null when every action that must have happened has. */
  function candidatesNow(): number[] | null {
    let earliestEndMs = Number.POSITIVE_INFINITY
    const found: number[] = []
    for (const [at, { startMs, endMs }] of ordered.entries()) {
      if (startMs > earliestEndMs) break
      if (isDone[at]) continue
      found.push(at)
      earliestEndMs = Math.min(earliestEndMs, endMs)
    }
    if (earliestEndMs === Number.POSITIVE_INFINITY) return null
    return found.filter((at) => (ordered[at] as Action<State>).startMs <= earliestEndMs)
  }

  function isNew(): boolean {
    const first = isDone.indexOf(false)
    const beyond = isDone.flatMap((done, at) => (done && at > first ? [at] : []))
    const key = `${first} ${beyond.join()} ${keyOf(state)}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  }

  /** Takes the next action that fits, going back where none does; false when nothing is left to try. */
  function advance(): boolean {
    for (let last = path.at(-1); last; last = path.at(-1)) {
      if (last.taken !== null) isDone[last.taken] = false
      last.taken = null
      state = last.state
      if (take(last)) return true
      path.pop()
    }
    return false
  }

  function take(choice: Choice<State>): boolean {
    for (; choice.next < choice.candidates.length; choice.next += 1) {
      const at = choice.candidates[choice.next] as number
      const next = (ordered[at] as Action<State>).apply(state)
      if (next === null) continue
      state = next
      isDone[at] = true
      choice.taken = at
      choice.next += 1
      return true
    }
    return false
  }
}

interface Choice<State> {
  readonly candidates: readonly number[]
  next: number
  readonly state: State
  taken: number | null
}
