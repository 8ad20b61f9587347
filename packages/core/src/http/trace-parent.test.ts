import { describe, expect, it } from 'vitest'
import { traceParentOf } from './trace-parent.ts'

const good = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const read = (traceparent?: string) => traceParentOf({ method: 'GET', url: '/', headers: { get: () => traceparent ?? null } })

describe('traceParentOf', () => {
  it.each([good, `01${good.slice(2)}`])('hands on %s', (text) => {
    expect(read(text)).toBe(text)
  })

  it.each([
    undefined,
    '',
    good.toUpperCase(),
    ` ${good}`,
    `${good}-more`,
    `${good}\n`,
    `ff${good.slice(2)}`,
    good.replace('0af7651916cd43dd8448eb211c80319c', '0'.repeat(32)),
    good.replace('b7ad6b7169203331', '0'.repeat(16)),
    good.replaceAll('-', ''),
    'x'.repeat(16_000),
    '\u0000',
    'é',
  ])('hands %j on to nobody', (text) => {
    expect(read(text)).toBeUndefined()
  })
})
