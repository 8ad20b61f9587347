import { describe, expect, it } from 'vitest'
import type { ReadsRow } from '../reads/measure-variant.ts'
import type { ReadsResult } from '../reads/reads-result.ts'
import { goalsOf, isReached } from './goals.ts'

const about = { machine: 'a machine', versions: [], people: 2_000, rounds: 1, seconds: 1, promises: [], invalid: [] }

function row(variant: string, connections: number, ratio: number, more: Partial<ReadsRow> = {}): ReadsRow {
  const spread = { median: ratio, low: ratio, high: ratio }
  const times = { perSecond: 1, p50Us: 1, p99Us: 1, bareP99Us: 1, cpuUs: 50, bareCpuUs: 44, gatewayCpuUs: null }
  return { variant, framework: 'express', connections, ratio: spread, ...times, ...more }
}

const rows = [
  row('bare handler', 64, 1),
  row('Single State, live', 64, 0.9),
  row('Single State, strict, Redis', 64, 0.8, { gatewayCpuUs: 7 }),
  row('express-session + connect-redis', 64, 0.3),
  row('Clerk, networkless verification', 64, 0.5),
  row('Clerk, networkless verification', 64, 0.95, { framework: 'hono' }),
]
const reads: ReadsResult = { ...about, rows }

function figureOf(measure: string): number | null | undefined {
  return goalsOf({ reads }).find((goal) => goal.measure === measure)?.figure
}

describe('goalsOf', () => {
  it('holds ours against one peer, and against the fastest under Express, which is never ourselves or the bare handler', () => {
    expect(figureOf('live over express-session + connect-redis, 64 connections')).toBeCloseTo(3)
    expect(figureOf('live over the fastest peer, Express, 64 connections')).toBeCloseTo(1.8)
    expect(figureOf('strict over the fastest peer, Express, 64 connections')).toBeCloseTo(1.6)
  })

  it('takes the bare handler off the processor time of a live read, and the gateway for its own', () => {
    expect(figureOf('live: processor time added to a request, Express, 64 connections')).toBe(6)
    expect(figureOf('strict: processor time of the gateway for a read, 64 connections')).toBe(7)
  })

  it('has no figure where nothing was measured, and no such goal counts as reached', () => {
    const goals = goalsOf({})
    expect(goals.map(({ figure }) => figure)).toEqual(goals.map(() => null))
    expect(goals.filter(isReached)).toEqual([])
  })
})

describe('isReached', () => {
  it('keeps to both kinds of bounds, the bound itself included', () => {
    const goal = { measure: 'a figure', goal: 2, unit: '' as const }
    expect([1.9, 2, 2.1].map((figure) => isReached({ ...goal, bound: 'at least', figure }))).toEqual([false, true, true])
    expect([1.9, 2, 2.1].map((figure) => isReached({ ...goal, bound: 'at most', figure }))).toEqual([true, true, false])
  })
})
