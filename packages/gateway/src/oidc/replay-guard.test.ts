import { describe, expect, it } from 'vitest'
import { createReplayGuard } from './replay-guard.ts'

describe('what was obeyed', () => {
  it('is known until its token would not be believed any more', () => {
    const guard = createReplayGuard()
    guard.remember('a', 100, 0)
    expect([guard.knows('a', 0), guard.knows('a', 99), guard.knows('a', 100), guard.knows('b', 0)]).toEqual([true, true, false, false])
  })

  it('makes room by what is over, and then by what was there first', () => {
    const guard = createReplayGuard(2)
    guard.remember('over', 10, 0)
    guard.remember('first', 100, 0)
    guard.remember('second', 100, 20)
    expect([guard.knows('first', 20), guard.knows('second', 20)]).toEqual([true, true])
    guard.remember('third', 100, 20)
    expect([guard.knows('first', 20), guard.knows('second', 20), guard.knows('third', 20)]).toEqual([false, true, true])
  })
})
