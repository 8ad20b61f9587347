/**
 * Goes on only if the two are the same.
 *
 * @throws Error that says what was expected and what was found.
 */
export function same(what: string, found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) {
    throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
  }
}

/**
 * Goes on only if it holds.
 *
 * @throws Error that says what does not.
 */
export function holds(what: string, condition: boolean): asserts condition {
  if (!condition) throw new Error(`expected that ${what}`)
}
