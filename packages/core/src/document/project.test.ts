import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isGranted } from '../consistency/grants.ts'
import { project, type WholeSession } from './project.ts'

const nowMs = 1_000
const header = { id: 'A'.repeat(43), version: 3, contract: 1, createdAt: '2026-11-01T08:00:00Z', expiresAt: '2026-11-01T20:00:00Z' }
const parts = ['identity', 'entitlements', 'context', 'signals'] as const

const key = fc.constantFrom('subject', 'issuer', 'roles', 'plan', 'tenant', 'locale', '__proto__', 'constructor')
const content = fc.dictionary(key, fc.oneof(fc.string(), fc.nat(), fc.constant(null)))
const session = fc.record({
  ...Object.fromEntries(Object.entries(header).map(([name, value]) => [name, fc.constant(value)])),
  identity: content,
  entitlements: content,
  context: content,
  signals: fc.dictionary(key, fc.record({ value: fc.nat(), expiresAtMs: fc.integer({ min: 0, max: 2_000 }) })),
}) as unknown as fc.Arbitrary<WholeSession>
const path = fc.oneof(
  fc.constantFrom<string>(...parts),
  fc.tuple(fc.constantFrom(...parts), key).map(([part, own]) => `${part}.${own}`),
)

const contentOf = (document: object, part: string) => (document as Record<string, Record<string, unknown> | undefined>)[part] ?? {}

describe('project', () => {
  it('rule 12: shows a path if and only if it is granted, in any document under any grants', () => {
    fc.assert(
      fc.property(session, fc.array(path), (whole, reads) => {
        const document = project(whole, reads, nowMs)
        for (const part of parts) {
          for (const [own, value] of Object.entries(contentOf(whole, part))) {
            const hidden = part === 'signals' && (value as { expiresAtMs: number }).expiresAtMs <= nowMs
            expect(Object.hasOwn(contentOf(document, part), own)).toBe(isGranted(reads, `${part}.${own}`) && !hidden)
          }
        }
      }),
    )
  })

  it('rule 12: makes nothing up: what it shows is what the session holds', () => {
    fc.assert(
      fc.property(session, fc.array(path), (whole, reads) => {
        const { signals = {}, ...document } = project(whole, reads, nowMs)
        expect(Object.keys(document).filter((name) => !(name in header))).toEqual(
          parts.filter((part) => part !== 'signals' && part in document),
        )
        for (const part of ['identity', 'entitlements', 'context'] as const) {
          for (const [own, value] of Object.entries(contentOf(document, part))) expect(value).toBe(contentOf(whole, part)[own])
        }
        for (const [own, { value, remainingMs }] of Object.entries(signals)) {
          expect({ value, expiresAtMs: nowMs + remainingMs }).toEqual(contentOf(whole, 'signals')[own])
        }
      }),
    )
  })

  it('rule 12: shows the header, and only that, to an application that is granted nothing', () => {
    fc.assert(
      fc.property(session, (whole) => {
        expect(project(whole, [], nowMs)).toEqual(header)
      }),
    )
  })

  it('names a granted part although it is empty, so that a reader knows it was not withheld', () => {
    const whole = { ...header, identity: {}, entitlements: {}, context: {}, signals: {} } as unknown as WholeSession
    expect(project(whole, ['context', 'signals.any', 'entitlements.roles'], nowMs)).toEqual({
      ...header,
      entitlements: {},
      context: {},
      signals: {},
    })
  })

  it('rule 2: gives a signal the milliseconds it has left, and hides one that has run out', () => {
    const signals = { on: { value: 1, expiresAtMs: 1_250 }, out: { value: 2, expiresAtMs: 1_000 } }
    const whole = { ...header, identity: {}, entitlements: {}, context: {}, signals } as unknown as WholeSession
    expect(project(whole, ['signals'], nowMs).signals).toEqual({ on: { value: 1, remainingMs: 250 } })
  })

  it('leaves the session as it was', () => {
    fc.assert(
      fc.property(session, fc.array(path), (whole, reads) => {
        const before = structuredClone(whole)
        project(whole, reads, nowMs)
        expect(whole).toEqual(before)
      }),
    )
  })
})
