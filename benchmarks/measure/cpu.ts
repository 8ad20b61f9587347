import { readFileSync } from 'node:fs'

/** A hundredth of a second: what Linux counts processor time in on every common platform (sysconf _SC_CLK_TCK). */
const tickUs = 10_000

/** Processor time that a process has used so far, all its threads together, in microseconds (proc(5), utime and stime). */
export function cpuUs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name in brackets may hold spaces; what is counted comes after it.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickUs
}
