// PostgreSQL holds every text but one with a NUL character, and none with half of a surrogate pair. The port promises to
// keep what it is given, so both are written with an escape character, which is then escaped too: no two texts become one.

// A control character: JSON escapes it, so a text inside a JSON text is not escaped twice.
const mark = '\u0001'
const unkept = new RegExp(`[\0${mark}]|\\p{Surrogate}`, 'gu')
const escaped = new RegExp(`${mark}([0-9a-f]{4})`, 'g')

/** A text as the database keeps it. */
export function encodeText(text: string): string {
  return text.replace(unkept, (character) => `${mark}${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text that was given. */
export function decodeText(text: string): string {
  return text.replace(escaped, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
