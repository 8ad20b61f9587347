import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerProcess, startServer } from './server-process.ts'

/** What to serve. */
export interface CaddyOptions {
  /** Sites, as a Caddyfile has them. Addresses with `http://`: it gets no certificates. */
  readonly sites: string
  /** Ready as soon as this address answers, whatever it says. */
  readonly url: string
  readonly env?: Readonly<Record<string, string>>
}

/** No port but those of its sites, and nothing written outside of its folder. */
const options = `{
	admin off
	auto_https off
}
`

/** Starts a real Caddy in a folder of its own; rejects with what it says when the configuration does not hold. */
export async function startCaddy({ sites, url, env = {} }: CaddyOptions): Promise<ServerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'single-state-caddy-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await writeFile(join(folder, 'Caddyfile'), options + sites)
    const server = await startServer({
      program: 'caddy',
      args: ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')],
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, ...env },
      ready: async () => (await fetch(url)).status > 0,
    })
    return {
      ...server,
      stop: async (name) => {
        await server.stop(name)
        await remove()
      },
    }
  } catch (error) {
    await remove()
    throw error
  }
}
