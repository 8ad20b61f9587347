import { describe, expect, it } from 'vitest'
import { edgesMs, histogramOf, histogramText } from './histogram.ts'

describe('histogramOf', () => {
  it('counts a time at an edge below it, and what is above the last edge in a bin of its own', () => {
    const counts = histogramOf([0, 1, 1.1, 500, 9_999])
    expect(counts).toHaveLength(edgesMs.length + 1)
    expect(counts.filter((count) => count > 0)).toEqual([2, 1, 1, 1])
    expect(counts.at(-1)).toBe(1)
    expect(counts[edgesMs.indexOf(500)]).toBe(1)
  })
})

describe('histogramText', () => {
  it('shows the fullest bin highest, the smallest of the others still as something, and empty ones as dots', () => {
    expect(histogramText([0, 1, 50, 100])).toBe('·▁▄█')
    expect(histogramText([0, 0])).toBe('··')
  })
})
