import type { RequestHead } from '@single-state/core/adapter'
import type { Recorder } from './recorder.ts'
import type { Visitor } from './visitor.ts'

/** Reads that were answered since the report before. */
export interface HumReport {
  readonly process: string
  /** When it was made, on the machine's clock. */
  readonly atMs: number
  /** Answers by source; `unknown` where there was none. */
  readonly answers: Readonly<Record<string, number>>
  readonly tookMs: readonly number[]
}

/** What the hum needs of the application that reads. */
export interface Humming {
  readonly process: string
  readonly recorder: Recorder
  /** Answers the source, and null or the `Set-Cookie`. */
  read(request: RequestHead): Promise<{ readonly source: string; readonly setCookie: string | null }>
}

/** 5 ms between two handfuls of reads, 250 ms between two reports. */
const everyMs = 5
const reportEveryMs = 250

/** Reads at a steady pace, whether or not those before were answered, as many visitors' requests come. Never ends. */
export function hum(
  { process, recorder, read }: Humming,
  visitors: readonly Visitor[],
  perSecond: number,
  onReport: (report: HumReport) => void,
): void {
  let answers: Record<string, number> = {}
  let tookMs: number[] = []
  let asked = 0
  const beganMs = recorder.nowMs()

  async function one(visitor: Visitor): Promise<void> {
    const startMs = recorder.nowMs()
    const { source, setCookie } = await read(visitor.request(`${'0'.repeat(31)}1`))
    visitor.keep(setCookie)
    answers[source] = (answers[source] ?? 0) + 1
    tookMs.push(recorder.nowMs() - startMs)
  }

  setInterval(() => {
    const due = ((recorder.nowMs() - beganMs) * perSecond) / 1_000
    for (; asked < due; asked += 1) void one(visitors[asked % visitors.length] as Visitor)
  }, everyMs)
  setInterval(() => {
    onReport({ process, atMs: recorder.nowMs(), answers, tookMs })
    answers = {}
    tookMs = []
  }, reportEveryMs)
}
