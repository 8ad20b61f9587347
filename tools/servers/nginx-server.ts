import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ServerProcess, startServer } from './server-process.ts'

/** An nginx of its own, in a folder of its own that goes with it. */
export interface NginxServer extends ServerProcess {
  /** Its prefix: relative paths of the configuration lie here. */
  readonly folder: string
}

/** What to serve. */
export interface NginxOptions {
  /** The content of the `http` block. `listen` on ports that `freePort` gave; relative paths are fine. */
  readonly http: string
  /** Ready as soon as this port of the loopback interface takes connections. */
  readonly port: number
}

/** Starts a real nginx, as any user; rejects with what it says when the configuration does not hold. */
export async function startNginx({ http, port }: NginxOptions): Promise<NginxServer> {
  const folder = await mkdtemp(join(tmpdir(), 'single-state-nginx-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    await writeFile(join(folder, 'nginx.conf'), configuration(http))
    const args = ['-p', `${folder}/`, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;']
    const server = await startServer({ program: 'nginx', args, ready: () => takesConnections(port) })
    return {
      ...server,
      folder,
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

/** Everything that nginx would otherwise write where only root may. */
function configuration(http: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${kind}_temp;`)
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
access_log off;
${temporary.join('\n')}
${http}
}
`
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
