import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { people } from '../idp/people.ts'
import { buildNextApplication } from './next-build/build.ts'
import { createDemonstration, type Demonstration } from './processes/demonstration.ts'
import { readableLine } from './processes/log-line.ts'
import { busyPart, offsets, type PartName, partNames } from './processes/ports.ts'

/**
 * Runs the demonstration until it is asked to stop.
 *
 * @throws Error that names the port and the way round, when one is in use.
 */
export async function serve(options: {
  readonly portBase: number
  readonly data: string | null
  /** Default: everything is on `localhost`. */
  readonly domain: string | undefined
  readonly signal: AbortSignal
}): Promise<void> {
  const { portBase, data, domain, signal } = options
  const busy = await busyPart(portBase)
  if (busy) {
    const port = portBase + offsets[busy]
    throw new Error(`port ${port} (${busy}) is in use; PORT_BASE moves all of them, as in PORT_BASE=${portBase + 200} npm start`)
  }
  await buildNextApplication(signal)
  if (signal.aborted) return
  const folder = data ?? mkdtempSync(join(tmpdir(), 'single-state-demo-'))
  const onLine = (name: PartName, line: string) => {
    const readable = readableLine(line)
    if (readable !== null) console.log(`${name.padEnd(9)} │ ${readable}`)
  }
  const demonstration = createDemonstration({ portBase, data: folder, tokenLife: '5m', domain, onLine })
  try {
    await Promise.race([demonstration.start(), asked(signal)])
    if (signal.aborted) return
    console.log(welcome(demonstration))
    listenForNames(demonstration, signal)
    await asked(signal)
  } finally {
    await demonstration.stop()
    if (data === null) rmSync(folder, { recursive: true, force: true })
  }
}

function asked(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function welcome({ origins }: Demonstration): string {
  return `
  Portal           ${origins.portal}    (Express)
  Billing          ${origins.billing}    (Hono)
  Workspace        ${origins.workspace}    (Next.js)
  Administration   ${origins.admin}    (for people with the role admin)
  Gateway          ${origins.gateway}
  Identity         ${origins.idp}

  Three people
${people.map(({ login, password, roles, plan }) => `  ${login.padEnd(7)} password ${password.padEnd(12)} plan ${plan.padEnd(5)} roles ${roles.join(', ') || 'none'}`).join('\n')}

  What to try
  1. Sign in to the portal as bob, then open billing and the workspace: no second sign-in, the same version.
  2. Switch the organisation in the portal or the workspace, reload the others: they follow, and the version is one higher.
  3. Open the portal in two tabs, switch in one, then in the other: the second is told, and nothing is overwritten.
  4. Press "Make me pro" in billing: the gateway refuses what the contract does not grant.
  5. Type gateway and Enter here: pages are unavailable and nobody is signed out. Type it again: they are back.
  6. In another browser sign in to administration as ada, look up bob and end his session: his next request is sent
     to sign in. The provider still knows him, so he is soon back, with a new session at version 1.
  7. Type idp and Enter: who is signed in works on. Type it again to sign in anew.

  A name and Enter stops that part or starts it again: ${partNames.join(', ')}. Ctrl-C stops everything.
  npm start -- --once walks this story by itself.
`
}

/** Lets people stop a part and start it again, to see what the others make of it. */
function listenForNames({ parts }: Demonstration, signal: AbortSignal): void {
  const lines = createInterface({ input: process.stdin, signal })
  lines.on('line', (line) => {
    const name = partNames.find((known) => known === line.trim())
    if (!name)
      return line.trim() !== '' && console.log(`there is no part ${JSON.stringify(line.trim())}; there are ${partNames.join(', ')}`)
    const part = parts[name]
    const running = part.isRunning()
    const act = running ? part.stop() : part.start()
    act.then(
      () => console.log(`${name} ${running ? 'is stopped' : 'runs again'}`),
      (error: Error) => console.error(error.message),
    )
  })
}
