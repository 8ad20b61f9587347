/**
 * Runs something while nothing is written to the console: libraries report the faults that scenarios inject. A rejection
 * that nobody handles, which ends a process by default, is one of them.
 */
export async function quietly<Value>(run: () => Promise<Value>): Promise<Value> {
  const speaker = console
  const spoken = ['log', 'info', 'warn', 'error', 'debug'] as const
  const held = spoken.map((name) => [name, speaker[name]] as const)
  const ignore = () => {}
  for (const name of spoken) speaker[name] = ignore
  process.on('unhandledRejection', ignore)
  try {
    const value = await run()
    // Rejections are reported when the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve))
    return value
  } finally {
    process.off('unhandledRejection', ignore)
    for (const [name, speak] of held) speaker[name] = speak
  }
}
