import type { Timers } from './timers.ts'

/** What is answered within `ms`, or `late`: the work may go on, and nobody waits for it any longer. */
export function inTime<Value>(ms: number, answer: Value | Promise<Value>, after: Timers['after']): Promise<Value | 'late'> {
  return new Promise((resolve, reject) => {
    const cancel = after(ms, () => resolve('late'))
    Promise.resolve(answer).then(resolve, reject).finally(cancel)
  })
}
