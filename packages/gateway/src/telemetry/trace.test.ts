import { describe, expect, it } from 'vitest'
import { traceIdOf } from './trace.ts'

const id = '0af7651916cd43dd8448eb211c80319c'
const of = (traceparent: string) => traceIdOf(new Request('http://localhost/', { headers: { traceparent } }))

describe('the trace id of a request', () => {
  it.each([`00-${id}-b7ad6b7169203331-01`, `00-${id}-b7ad6b7169203331-00`, `01-${id}-b7ad6b7169203331-01-more`])(
    'is read from %s',
    (header) => {
      expect(of(header)).toBe(id)
    },
  )

  it.each([
    '',
    id,
    `ff-${id}-b7ad6b7169203331-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    `00-${id}-0000000000000000-01`,
    `00-${id.toUpperCase()}-b7ad6b7169203331-01`,
    `00-${id}-b7ad6b7169203331`,
    `00-${id}-b7ad6b7169203331-01-more`,
  ])('is none for "%s"', (header) => {
    expect(of(header)).toBeNull()
  })
})
