import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort, type ServerProcess, startServer } from '../../tools/servers/server-process.ts'

const main = fileURLToPath(new URL('../../packages/gateway/src/main.ts', import.meta.url))
const folder = fileURLToPath(new URL('../gateway', import.meta.url))

/** One gateway of several: a process that can be killed and started again on its port. */
export interface GatewayNode {
  readonly port: number
  /** Its own address; people reach it by the load balancer's. */
  readonly url: string
  start(): Promise<void>
  kill(): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Of the running process; 0 where none runs. */
  pid(): number
  /** Asks it to stop and waits. */
  stop(): Promise<void>
  /** What the running process has printed. */
  output(): string
}

/** What the configuration reads of its environment. */
export interface GatewayEnvironment {
  readonly ORIGIN: string
  readonly STORE: string
  readonly PORTAL_KEY: string
  readonly OPERATOR_KEY: string
  readonly SINGLE_STATE_SECRET: string
  readonly ISSUER: string
  readonly CLIENT_ID: string
  readonly CLIENT_SECRET: string
  readonly REVISION?: string
}

/** Prepares a gateway on a free port; nothing runs yet. */
export async function createGatewayNode(environment: GatewayEnvironment): Promise<GatewayNode> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  let running: ServerProcess | null = null

  async function end(name: NodeJS.Signals): Promise<void> {
    const process = running
    running = null
    await process?.stop(name)
  }

  return {
    port,
    url,
    async start() {
      const args = [main, 'gateway', '--config', 'gateway.config.ts', '--host', '127.0.0.1', '--port', `${port}`]
      const { PATH } = process.env
      const ready = async () => (await fetch(`${url}/readyz`)).ok
      const env = { PATH, ...environment }
      running = await supervised(() => startServer({ program: process.execPath, args, cwd: folder, env, ready, deadlineMs: 60_000 }))
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    signal: (name) => running?.signal(name),
    pid: () => running?.pid ?? 0,
    output: () => running?.output() ?? '',
  }
}

/** 90 s for all attempts together. */
const patienceMs = 90_000

/** A gateway whose store does not answer ends; as under systemd, it is started again. */
async function supervised(start: () => Promise<ServerProcess>): Promise<ServerProcess> {
  for (const deadlineMs = performance.now() + patienceMs; ; await pause(200)) {
    try {
      return await start()
    } catch (error) {
      if (performance.now() > deadlineMs) throw error
    }
  }
}
