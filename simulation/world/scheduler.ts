/** Virtual time: what happens, happens when the scheduler comes to it, in an order that a seed decides. */
export interface Scheduler {
  /** True time, milliseconds from the start of the world. No process can see it. */
  nowMs(): number
  /** Calls at a time, or at once where that has passed; what it answers cancels that. */
  at(atMs: number, call: () => void): () => void
  /** Runs until nothing is left before `endMs`, or `isOver` says so. */
  run(endMs: number, isOver?: () => boolean): Promise<void>
}

interface Event {
  readonly atMs: number
  readonly order: number
  call: (() => void) | null
}

/** A nanosecond: no two events happen at once, so that of two there is always an earlier one. */
const tickMs = 1e-6

/** Makes a world in which nothing has happened yet. */
export function createScheduler(): Scheduler {
  const heap: Event[] = []
  let nowMs = 0
  let made = 0

  function at(atMs: number, call: () => void): () => void {
    const event: Event = { atMs: Math.max(atMs, nowMs), order: made++, call }
    push(heap, event)
    return () => {
      event.call = null
    }
  }

  async function run(endMs: number, isOver = () => false): Promise<void> {
    await quiet()
    while (!isOver()) {
      const next = heap[0]
      if (!next || next.atMs > endMs) break
      pop(heap)
      if (next.call === null) continue
      nowMs = Math.max(next.atMs, nowMs + tickMs)
      next.call()
      await quiet()
    }
    if (!isOver()) nowMs = Math.max(nowMs, endMs)
  }

  return { nowMs: () => nowMs, at, run }
}

/**
 * Lets everything that an event has made ready go on to where it waits for another event. All of it is microtasks: nothing
 * in the world waits for a thread, a socket or a timer of this process.
 */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function isBefore(one: Event, other: Event): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}

function push(heap: Event[], event: Event): void {
  let at = heap.length
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above] as Event
    if (isBefore(parent, event)) break
    heap[at] = parent
    at = above
  }
  heap[at] = event
}

function pop(heap: Event[]): void {
  const last = heap.pop() as Event
  if (heap.length === 0) return
  let at = 0
  for (;;) {
    let below = at * 2 + 1
    if (below >= heap.length) break
    if (below + 1 < heap.length && isBefore(heap[below + 1] as Event, heap[below] as Event)) below += 1
    const child = heap[below] as Event
    if (isBefore(last, child)) break
    heap[at] = child
    at = below
  }
  heap[at] = last
}
