import { setTimeout as pause } from 'node:timers/promises'
import type { Application } from './application.ts'
import { hex, oneOf, type Random } from './random.ts'
import type { Visitor } from './visitor.ts'

/** 50 ms between two reads. */
const everyMs = 50

/** Reads that leave whether or not those before were answered, as many visitors' do: they show when the store is back. */
export async function watch(application: Application, living: readonly Visitor[], random: Random, signal: AbortSignal): Promise<void> {
  const underWay = new Set<Promise<void>>()
  while (!signal.aborted) {
    if (living.length > 0) {
      const read = application.read(oneOf(random, living), hex(random, 32)).finally(() => underWay.delete(read))
      underWay.add(read)
    }
    await pause(everyMs)
  }
  await Promise.all(underWay)
}
