#!/usr/bin/env node
import { createInterface } from 'node:readline/promises'
import { runCommand } from './commands/run-command.ts'

const { promise: unread, resolve: stopReading } = Promise.withResolvers<void>()
// `single-state audit tail | head`: who has read enough closes the pipe, and that is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    stopReading()
  })
}

/** Asked for by commands that have something to finish; all others a signal ends at once, and so does a second one. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  })
}

async function ask(question: string): Promise<string | null> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return null
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await asking.question(question)
  } finally {
    asking.close()
  }
}

process.exitCode = await runCommand(process.argv.slice(2), {
  out: (line) => console.log(line),
  err: (line) => console.error(line),
  env: process.env,
  cwd: process.cwd(),
  stopped: () => Promise.race([signalled(), unread]),
  ask,
  // The line is written over: carriage return, then erase to its end (ECMA-48).
  progress: process.stderr.isTTY ? (text) => process.stderr.write(`\r\u001b[K${text}`) : null,
  onReload: (call) => void process.on('SIGHUP', call),
})
