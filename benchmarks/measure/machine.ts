import { arch, cpus, platform } from 'node:os'

/** The machine and the day, in one line: figures without them say nothing. */
export function machine(): string {
  const [first] = cpus()
  const today = new Date().toISOString().slice(0, 10)
  return `${platform()} ${arch()}, ${cpus().length} × ${first?.model.trim() ?? 'unknown processor'}, Node.js ${process.versions.node}, ${today}`
}
