import { freePort } from '../../../../tools/servers/server-process.ts'
import { createKey, createSecret } from '../../src/commands/keys-create.ts'
import { type CommandProcess, startCommand } from '../command-process.ts'
import { createProjectFolder } from '../project-folder.ts'

/** The gateway under test: a folder with a sqlite file, and now and then a process. */
export interface Subject {
  readonly origin: string
  readonly keys: { readonly writer: string; readonly operator: string }
  readonly folder: string
  /** Starts the process; resolves as soon as it runs, not when it answers. */
  start(): CommandProcess
  remove(): void
}

/** A token of 2 s, so that exchanges are under way when the process dies. */
const contractFile = `import { defineContract, signal } from '@single-state/core'
import { z } from 'zod'
export const contract = defineContract({
  name: 'kill-loop',
  context: z.object({ count: z.number().default(0) }),
  signals: { ping: signal(z.number(), { ttl: '1h' }) },
  applications: {
    writer: { reads: ['context', 'signals'], writes: { 'context.count': ['count.up'] }, publishes: ['ping'] },
    operator: { reads: ['context'], operates: 'all' },
  },
  lifetime: { token: '2s' },
})
`

const gatewayFile = `import { defineGateway, developmentPeople } from '@single-state/gateway'
import { contract } from './contract.ts'
const { ORIGIN, WRITER_KEY, OPERATOR_KEY } = process.env
export default defineGateway({
  contract,
  origin: ORIGIN,
  store: 'sqlite:./sessions.db',
  idp: developmentPeople([{ subject: 'ada' }, { subject: 'bob' }]),
  applications: { writer: { key: WRITER_KEY, origins: [] }, operator: { key: OPERATOR_KEY, origins: [] } },
  log: { level: 'error' },
  live: false,
})
`

/** Prepares a gateway on a free port; nothing runs yet. */
export async function createSubject(): Promise<Subject> {
  const folder = createProjectFolder()
  const port = await freePort()
  const origin = `http://localhost:${port}`
  const keys = { writer: createKey('writer'), operator: createKey('operator') }
  folder.write({
    'package.json': '{ "type": "module" }',
    'contract.ts': contractFile,
    'gateway.config.ts': gatewayFile,
    '.env': `ORIGIN=${origin}\nWRITER_KEY=${keys.writer}\nOPERATOR_KEY=${keys.operator}\nSINGLE_STATE_SECRET=${createSecret()}\n`,
  })
  return {
    origin,
    keys,
    folder: folder.path,
    start: () => startCommand(folder.path, ['gateway', '--host', 'localhost']),
    remove: folder.remove,
  }
}
