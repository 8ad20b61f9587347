import type { Spread } from '../measure/statistics.ts'
import { table } from '../report/table.ts'
import type { ReadsRow } from './measure-variant.ts'

/** The table of `npm run bench -- reads`: ratios to the bare handler of the same framework in the same round. */
export function readsTable(rows: readonly ReadsRow[]): string {
  const head = ['variant', 'framework', 'conn', 'ratio', 'low–high', 'p50 µs', 'p99 µs', 'bare p99', 'CPU µs', 'bare CPU', 'gateway CPU']
  return table([head, ...rows.map(cellsOf)])
}

function cellsOf(row: ReadsRow): readonly string[] {
  const { variant, framework, connections, ratio, p50Us, p99Us, bareP99Us, cpuUs, bareCpuUs, gatewayCpuUs } = row
  const whole = (value: number) => value.toFixed(0)
  const gateway = gatewayCpuUs === null ? '' : gatewayCpuUs.toFixed(1)
  const figures = [p50Us, p99Us, bareP99Us, cpuUs, bareCpuUs].map(whole)
  return [variant, framework, String(connections), ratio.median.toFixed(2), range(ratio), ...figures, gateway]
}

function range({ low, high }: Spread): string {
  return `${low.toFixed(2)}–${high.toFixed(2)}`
}
