import { describe, expect, it } from 'vitest'
import { leftText } from './progress.ts'

describe('leftText', () => {
  it('counts in seconds below a minute, and in minutes and seconds above', () => {
    expect(leftText(0)).toBe('0 s left')
    expect(leftText(58_200)).toBe('59 s left')
    expect(leftText(125_000)).toBe('2 min 05 s left')
  })
})
