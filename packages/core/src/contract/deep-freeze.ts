/**
 * Freezes plain objects and arrays at every depth and returns what it was given. Anything else (a schema, a `Date`) is
 * left as it is: it has an inside that must be able to change.
 *
 * It keeps its own list of what is left to do, so that a deeply nested value cannot exhaust the stack.
 */
export function deepFreeze<T>(value: T): T {
  const seen = new Set<unknown>()
  const open: unknown[] = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (!isPlain(next) || seen.has(next)) continue
    seen.add(Object.freeze(next))
    for (const inner of Object.values(next)) open.push(inner)
  }
  return value
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return true
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
