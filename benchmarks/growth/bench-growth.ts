import { writeFile } from 'node:fs/promises'
import type { SessionRecord, SessionStore } from '@single-state/gateway'
import { machine } from '../measure/machine.ts'
import { percentile } from '../measure/statistics.ts'
import { table } from '../report/table.ts'
import { commitDirectly, createDirectly, fillDirectly } from '../stores/direct-session.ts'
import { openStores, type StoreUnderTest } from '../stores/open-stores.ts'

/** What the command line asks for. */
export interface GrowthOptions {
  /** Most sessions in the store. */
  readonly sessions: number
  readonly json?: string | undefined
}

/** What a read and a commit cost at one size. */
export interface GrowthRow {
  readonly store: string
  readonly size: string
  readonly readP50Us: number
  readonly commitP50Us: number
  /** Over the smallest size of the same kind. */
  readonly readRatio: number
  readonly commitRatio: number
  readonly bytesPerSession: number | null
}

/** Everything that one run showed. */
export interface GrowthResult {
  readonly machine: string
  readonly batch: number
  readonly rows: readonly GrowthRow[]
}

/** Calls per figure. */
const batch = 2_000

const subject = 'person-of-many-sessions'

/** A read and a commit as the sessions of a store grow, and as the sessions of one person grow: both are to stay flat. */
export async function benchGrowth({ sessions, json }: GrowthOptions): Promise<void> {
  const rows: GrowthRow[] = []
  for (const under of await openStores()) {
    try {
      rows.push(...(await growSubject(under)), ...(await growStore(under, sizesUpTo(sessions))))
    } finally {
      await under.close()
    }
  }
  const result: GrowthResult = { machine: machine(), batch, rows }
  process.stdout.write(`${result.machine}\n\n${table(growthCells(rows))}\n`)
  if (json) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`)
}

/** 1,000, then ten times as many, up to the most. */
function sizesUpTo(most: number): readonly number[] {
  const sizes: number[] = []
  for (let size = 1_000; size < most; size *= 10) sizes.push(size)
  return [...sizes, most]
}

async function growStore({ name, store, fill, usedBytes }: StoreUnderTest, sizes: readonly number[]): Promise<readonly GrowthRow[]> {
  const empty = await usedBytes()
  const probe = await createDirectly(store, 0)
  return measuredAt(sizes, async (size, at) => {
    const have = at === 0 ? 1 : (sizes[at - 1] ?? 1)
    process.stderr.write(`${name}: ${size} sessions\n`)
    await fill(probe.id, have, size)
    const figures = await measureSession(store, probe.id)
    return { store: name, size: `${size} sessions`, ...figures, bytesPerSession: ((await usedBytes()) - empty) / size }
  })
}

async function growSubject({ name, store }: StoreUnderTest): Promise<readonly GrowthRow[]> {
  const probe = await createDirectly(store, 0, subject)
  const sizes = [1, 10, 100, 1_000]
  return measuredAt(sizes, async (size, at) => {
    process.stderr.write(`${name}: ${size} sessions of one person\n`)
    await fillDirectly(store, sizes[at - 1] ?? 1, size, subject)
    return { store: name, size: `${size} of one person`, ...(await measureSession(store, probe.id)), bytesPerSession: null }
  })
}

type Figures = Omit<GrowthRow, 'readRatio' | 'commitRatio'>

async function measuredAt(
  sizes: readonly number[],
  measure: (size: number, at: number) => Promise<Figures>,
): Promise<readonly GrowthRow[]> {
  const rows: GrowthRow[] = []
  for (const [at, size] of sizes.entries()) {
    const figures = await measure(size, at)
    const first = rows[0] ?? figures
    rows.push({
      ...figures,
      readRatio: figures.readP50Us / first.readP50Us,
      commitRatio: figures.commitP50Us / first.commitP50Us,
    })
  }
  return rows
}

async function measureSession(store: SessionStore, id: string): Promise<{ readonly readP50Us: number; readonly commitP50Us: number }> {
  const readP50Us = await p50Of(async () => void (await store.read([id])))
  let record = (await store.read([id])).records[0] as SessionRecord
  const commitP50Us = await p50Of(async () => {
    record = await commitDirectly(store, record, 0)
  })
  return { readP50Us, commitP50Us }
}

async function p50Of(call: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let at = 0; at < batch; at += 1) {
    const startedAt = performance.now()
    await call()
    times.push((performance.now() - startedAt) * 1_000)
  }
  // The first quarter warms up what had no calls for a while.
  return percentile(
    times.slice(batch / 4).sort((one, other) => one - other),
    0.5,
  )
}

/** The table, its head first. */
export function growthCells(rows: readonly GrowthRow[]): readonly (readonly string[])[] {
  return [head, ...rows.map(cellsOf)]
}

const head = ['store', 'size', 'read p50 µs', 'ratio', 'commit p50 µs', 'ratio', 'bytes per session']

function cellsOf({ store, size, readP50Us, readRatio, commitP50Us, commitRatio, bytesPerSession }: GrowthRow): readonly string[] {
  const bytes = bytesPerSession === null ? '' : bytesPerSession.toFixed(0)
  return [store, size, readP50Us.toFixed(0), readRatio.toFixed(2), commitP50Us.toFixed(0), commitRatio.toFixed(2), bytes]
}
