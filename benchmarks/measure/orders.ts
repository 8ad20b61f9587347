import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerProcess, startServer } from '../../tools/servers/server-process.ts'

// Two thousand cookies are more than a command line takes: runner and children hand each other files.

/** A child of the runner, ready to be used, and what it said of itself. */
export interface Child<Ready> {
  readonly process: ServerProcess
  readonly ready: Ready
}

/** Starts a script with an order and waits for its answer, 120 s at most: it may sign thousands of people in first. */
export async function startChild<Ready>(script: string, order: object): Promise<Child<Ready>> {
  const folder = await mkdtemp(join(tmpdir(), 'benchmark-'))
  try {
    await writeFile(join(folder, 'order.json'), JSON.stringify(order))
    const answer = join(folder, 'ready.json')
    const process = await startServer({
      program: globalThis.process.execPath,
      args: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '..', script), folder],
      env: { ...globalThis.process.env, NODE_ENV: 'production' },
      ready: async () => existsSync(answer),
      deadlineMs: 120_000,
    })
    return { process, ready: JSON.parse(await readFile(answer, 'utf8')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** In a child: what the runner asked for. */
export async function readOrder<Order>(): Promise<Order> {
  return JSON.parse(await readFile(join(folderOfChild(), 'order.json'), 'utf8'))
}

/** In a child: says that it is ready. */
export async function announce(ready: object): Promise<void> {
  const folder = folderOfChild()
  await writeFile(join(folder, 'ready.part'), JSON.stringify(ready))
  await rename(join(folder, 'ready.part'), join(folder, 'ready.json'))
}

function folderOfChild(): string {
  const folder = process.argv[2]
  if (folder === undefined) throw new TypeError('started without a folder: the benchmark starts this script itself')
  return folder
}
