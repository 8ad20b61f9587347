import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AppliedWrite, recall, remember, rememberedWrites } from './idempotency.ts'

const write = fc.record({ key: fc.constantFrom('portal:a', 'portal:b', 'billing:a'), requestHash: fc.constantFrom('h1', 'h2') })

describe('recall', () => {
  const history: readonly AppliedWrite[] = [{ key: 'portal:a', requestHash: 'h1', version: 7 }]

  it('rule 4: knows the repeat of an applied write, with the version that it produced', () => {
    expect(recall(history, { key: 'portal:a', requestHash: 'h1' })).toEqual({ kind: 'repeat', version: 7 })
  })

  it('refuses the key of a write for another request', () => {
    expect(recall(history, { key: 'portal:a', requestHash: 'h2' })).toEqual({ kind: 'foreign' })
  })

  it('takes a key of another application, an unknown key and no key for new', () => {
    expect(recall(history, { key: 'billing:a', requestHash: 'h1' })).toEqual({ kind: 'new' })
    expect(recall([], { key: 'portal:a', requestHash: 'h1' })).toEqual({ kind: 'new' })
    expect(recall(history, undefined)).toEqual({ kind: 'new' })
  })

  it('rule 4: applies each key once, however often and in whatever order its write is repeated', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 30 }), (attempts) => {
        let history: readonly AppliedWrite[] = []
        let version = 1
        const produced = new Map<string, number>()
        for (const attempt of attempts) {
          const known = recall(history, attempt)
          if (known.kind === 'repeat') expect(known.version).toBe(produced.get(attempt.key))
          if (known.kind !== 'new') continue
          expect(produced.has(attempt.key)).toBe(false)
          version += 1
          produced.set(attempt.key, version)
          history = remember(history, { ...attempt, version })
        }
        expect(version).toBe(1 + new Set(attempts.map(({ key }) => key)).size)
      }),
    )
  })
})

describe('remember', () => {
  it('keeps the last sixteen, oldest first, and leaves what it was given', () => {
    const given: AppliedWrite[] = []
    let history: readonly AppliedWrite[] = given
    for (let version = 2; version <= 21; version += 1) history = remember(history, { key: `portal:${version}`, requestHash: 'h', version })
    expect(history.map(({ version }) => version)).toEqual(Array.from({ length: rememberedWrites }, (_, index) => index + 6))
    expect(given).toEqual([])
  })
})
