import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { walkOnce } from './story/once.ts'
import { portBaseOf } from './story/processes/ports.ts'
import { serve } from './story/serve.ts'

const usage = `npm start                 runs gateway, identity provider, portal, billing, workspace and administration
npm start -- --once       walks the story without a browser, on ports and data of its own; exits 0 if all held
npm start -- --data <dir> keeps sessions and secrets in <dir>; without it they are gone in the end
npm start -- --domain acme.localhost
                          gives the gateway and each application a host name of its own, as in production: login,
                          portal, billing, workspace and admin, with one cookie for the domain

PORT_BASE moves the ports. Default 4400: gateway 4400, identity provider 4401, portal 4410, billing 4411,
workspace 4412, administration 4413.

The workspace is a Next.js application: it is built before the first start, and again when its sources have changed.`

interface Options {
  readonly once?: boolean | undefined
  readonly data?: string | undefined
  readonly domain?: string | undefined
}

/** What was asked for, or the words that say why it cannot be. */
function readOptions() {
  try {
    const { values } = parseArgs({
      options: { once: { type: 'boolean' }, data: { type: 'string' }, domain: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
    })
    if (values.once && values.data !== undefined) return { problem: '--data does not go with --once, which has data of its own' }
    return values.once && values.domain !== undefined ? { problem: '--domain does not go with --once, which is on localhost' } : values
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) }
  }
}

/** Aborts when the process is asked to end; the parts are then stopped in order. */
function endRequest(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort(new Error(`stopped by ${name}`)))
  return controller.signal
}

async function run(options: Options): Promise<number> {
  const signal = endRequest()
  try {
    if (options.once) return (await walkOnce(signal)) ? 0 : 1
    const data = options.data === undefined ? null : resolve(options.data)
    if (data !== null) mkdirSync(data, { recursive: true })
    await serve({ portBase: portBaseOf(process.env), data, domain: options.domain, signal })
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}

const options = readOptions()
if ('problem' in options) {
  console.error(`${options.problem}\n\n${usage}`)
  process.exitCode = 2
} else if (options.help) {
  console.log(usage)
} else {
  process.exitCode = await run(options)
}
