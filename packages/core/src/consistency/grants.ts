/**
 * Whether a grant of `granted` paths reaches `path`: itself, or the whole part that it is a key of.
 *
 * Rule 12: default deny. Nothing that is not named is granted.
 */
export function isGranted(granted: readonly string[], path: string): boolean {
  return granted.includes(path) || granted.includes(partOf(path))
}

/** The part that a path lies in: `context` for `context.tenant`. */
export function partOf(path: string): string {
  const dot = path.indexOf('.')
  return dot === -1 ? path : path.slice(0, dot)
}

/** The keys of one part that are granted: `'all'`, or their names, or none. */
export function grantedKeys(granted: readonly string[], part: string): 'all' | readonly string[] {
  if (granted.includes(part)) return 'all'
  return granted.filter((path) => path.startsWith(`${part}.`)).map((path) => path.slice(part.length + 1))
}

/** What is granted of one part of a document; undefined when nothing is. */
export function pickGranted<Value>(
  granted: readonly string[],
  part: string,
  values: Readonly<Record<string, Value>>,
): Record<string, Value> | undefined {
  const keys = grantedKeys(granted, part)
  if (keys === 'all') return { ...values }
  if (keys.length === 0) return undefined
  return Object.fromEntries(Object.entries(values).filter(([key]) => keys.includes(key)))
}
