import { setImmediate as nextTurn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes of this process's heap that are in use, once everything that nothing refers to is gone. */
export async function heapBytes(): Promise<number> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let again = 0; again < 3; again += 1) {
    collect()
    // What is only weakly held goes when the event loop has turned.
    await nextTurn()
  }
  return process.memoryUsage().heapUsed
}
