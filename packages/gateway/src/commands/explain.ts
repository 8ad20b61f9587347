import { sessionPath } from '@single-state/core/protocol'
import type { CheckedConfig } from '../configure.ts'
import type { Application } from '../policy/applications.ts'
import { type InspectedSession, inspectedSessionSchema } from '../routes/schemas.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, type CommandInput, type Terminal, UsageError } from './command.ts'
import { explainSession } from './explain-session.ts'
import { operatorCalls, operatorOptions, RefusedError } from './operator-calls.ts'
import { oneLine } from './plain-text.ts'
import { loadedConfig, startOptions } from './start-gateway.ts'

export const explain: Command = {
  name: 'explain',
  summary: 'Says what an application would see of a session, or why it would be denied.',
  usage: '<session id> --application <name> [--path <path>] [--config <file>] [--gateway <origin>] [--key <key>] [--json]',
  options: {
    ...operatorOptions,
    application: { type: 'string', help: 'the application that asks' },
    path: { type: 'string', help: 'one part or key of the session, such as context.tenant' },
    config: startOptions.config,
  },
  async run(input, terminal) {
    const [id, ...more] = input.positionals
    if (!id || more.length > 0) throw new UsageError('expected the id of one session')
    const config = checkedConfig(await loadedConfig(input, terminal), terminal)
    const application = applicationOf(input, config)
    const path = pathOf(input)
    const session = await sessionOf(id, input, terminal)
    const facts = explainSession({ session, application, path, config, nowMs: Date.now() })
    const denied = facts.some(({ kind }) => kind === 'deny')
    if (input.flag('json')) terminal.out(JSON.stringify({ session: id, application: application.name, path, denied, facts }))
    else {
      const what = path === null ? 'this session' : `${path} of this session`
      terminal.out(denied ? `✗ ${application.name} is denied ${what}` : `✓ ${application.name} is given ${what}`)
      for (const { kind, about, says } of facts) terminal.out(oneLine(`  ${signs[kind]} ${about.padEnd(9)}  ${says}`))
    }
    return denied ? 1 : 0
  },
}

const signs = { ok: '✓', deny: '✗', note: ' ' } as const

function applicationOf({ text }: CommandInput, { applications }: CheckedConfig): Application {
  const name = text('application')
  const found = applications.all.find((application) => application.name === name)
  if (found) return found
  const known = applications.all.map((application) => application.name).join(', ')
  throw new UsageError(`--application: expected one of ${known}, found ${name === undefined ? 'none' : `"${name}"`}`)
}

function pathOf({ text }: CommandInput): string | null {
  const path = text('path')
  if (path === undefined) return null
  if (/^(identity|entitlements|context|signals)(\.[^.\s]+)?$/.test(path)) return path
  throw new UsageError(`--path: expected identity, entitlements, context or signals, or a key of one, found "${path}"`)
}

async function sessionOf(id: string, input: CommandInput, terminal: Terminal): Promise<InspectedSession | null> {
  try {
    return await operatorCalls(input, terminal).get(sessionPath(id), inspectedSessionSchema)
  } catch (error) {
    if (error instanceof RefusedError && error.code === 'not_found') return null
    throw error
  }
}
