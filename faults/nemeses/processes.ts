import { readFile } from 'node:fs/promises'
import type { Nemesis } from './nemesis.ts'

/** Stops a server in the middle of whatever it does, with every process that it has started. */
export function stoppedProcess(kind: string, pid: () => number, takesStore: boolean): Nemesis {
  return {
    kind,
    takesStore,
    mostMs: 3_000,
    inflict: async () => {
      const stopped = await familyOf(pid())
      for (const each of stopped) send(each, 'SIGSTOP')
      return async () => {
        for (const each of stopped) send(each, 'SIGCONT')
      }
    },
  }
}

/** The process and its children, as Linux tells them; elsewhere the process alone. */
async function familyOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return [pid, ...children.split(' ').filter(Boolean).map(Number)]
}

/** A child may have ended meanwhile. */
function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
