import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { MutantName } from '../mutants/mutants.ts'
import type { StoreKind } from '../run-seed.ts'
import type { SeedReport } from '../seed-report.ts'
import type { AskedSeed } from './seed-worker.ts'

/** Processes that run seeds, one each at a time. */
export interface SeedWorkers {
  /**
   * Runs a seed; no more at once than there are workers.
   *
   * @throws Error with what a worker said before it ended.
   */
  run(seed: number, kind: StoreKind): Promise<SeedReport>
  close(): void
}

const program = fileURLToPath(new URL('seed-worker.ts', import.meta.url))

/** Starts so many workers; with one rule broken where a mutant is named. */
export function startSeedWorkers(count: number, mutant?: MutantName): SeedWorkers {
  const all = Array.from({ length: count }, () => startWorker(mutant))
  const idle = [...all]
  return {
    async run(seed, kind) {
      const worker = idle.pop()
      if (!worker) throw new Error(`expected at most ${count} seeds at once`)
      const report = await worker.run({ seed, kind })
      idle.push(worker)
      return report
    },
    close: () => all.forEach((worker) => void worker.close()),
  }
}

function startWorker(mutant?: MutantName) {
  const child = fork(program, mutant === undefined ? [] : [mutant], { execArgv: [], stdio: ['ignore', 'inherit', 'pipe', 'ipc'] })
  let said = ''
  child.stderr?.on('data', (chunk) => (said += chunk))
  return {
    run: (asked: AskedSeed) =>
      new Promise<SeedReport>((resolve, reject) => {
        const gone = () => reject(new Error(`a worker ended in the middle of seed ${asked.seed}: ${said}`))
        child.once('close', gone)
        child.once('message', (report) => {
          child.off('close', gone)
          resolve(report as SeedReport)
        })
        if (child.exitCode !== null) gone()
        else child.send(asked, () => {})
      }),
    close: () => child.kill(),
  }
}
