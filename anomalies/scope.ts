/** What a scenario has started, and must stop. */
export interface Scope {
  /** Is called when the scenario is over, the last first. */
  readonly defer: (stop: () => unknown) => void
}

/** Runs with a scope of its own, and stops what was started in it, whatever comes of it. */
export async function inScope<Value>(run: (scope: Scope) => Promise<Value>): Promise<Value> {
  const stops: (() => unknown)[] = []
  try {
    return await run({ defer: (stop) => stops.unshift(stop) })
  } finally {
    for (const stop of stops) await stop()
  }
}
