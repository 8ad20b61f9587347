import { describe, expect, it } from 'vitest'
import { percentile, spreadOf } from './statistics.ts'

describe('spreadOf', () => {
  it('names the middle, the lowest and the highest, whatever their order', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 })
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, low: 1, high: 4 })
    expect(spreadOf([7])).toEqual({ median: 7, low: 7, high: 7 })
  })

  it('refuses to make a figure of nothing', () => {
    expect(() => spreadOf([])).toThrow(TypeError)
  })
})

describe('percentile', () => {
  it('lies between the two nearest values', () => {
    expect(percentile([0, 10], 0.25)).toBe(2.5)
    expect(percentile([0, 10, 20], 0.99)).toBeCloseTo(19.8)
  })
})
