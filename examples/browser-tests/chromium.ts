import { execFileSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

/** What the tests drive: Chromium as a distribution packages it. */
export const chromiumProgram = 'chromium'

/** Root cannot have its sandbox; the others keep it from talking to anybody but the pages. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** 30 s: it takes one, on a machine that is busy with other things some more. */
const startDeadlineMs = 30_000

/** Starts Chromium with a profile of its own, which is gone when it is closed. Rejects when it is not on this machine. */
export async function startChromium(): Promise<Browser> {
  const executablePath = execFileSync('sh', ['-c', 'command -v -- "$0"', chromiumProgram], { encoding: 'utf8' }).trim()
  return chromium.launch({ executablePath, args: quiet, timeout: startDeadlineMs })
}
