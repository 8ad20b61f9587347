/**
 * Expects an object with no keys but the known ones: a mistyped option would grant or withhold silently.
 *
 * @throws TypeError that names the option.
 */
export function expectOptions(found: unknown, known: readonly string[], option: string): void {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new TypeError(`${option}: expected an object, found ${found === null ? 'null' : typeof found}`)
  }
  const unknown = Object.keys(found).find((key) => !known.includes(key))
  if (unknown !== undefined) {
    throw new TypeError(`${option}: expected no option but ${known.join(', ')}; found ${JSON.stringify(unknown)}`)
  }
}
