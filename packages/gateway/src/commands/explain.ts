import { sessionPath } from '@single-state/core/protocol'
import type { CheckedConfig } from '../configure.ts'
import type { Application } from '../policy/applications.ts'
import { type InspectedSession, inspectedSessionSchema } from '../routes/schemas.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, type CommandInput, type Terminal, UsageError } from './command.ts'
import { explainSession, type Fact } from './explain-session.ts'
import { operatorCalls, operatorOptions, RefusedError } from './operator-calls.ts'
import { oneLine } from './plain-text.ts'
import { startOptions, withConfig } from './start-gateway.ts'

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
    return withConfig(input, terminal, async (given) => {
      const config = checkedConfig(given, terminal)
      const application = applicationOf(input, config)
      const path = pathOf(input)
      const session = await sessionOf(id, input, terminal)
      const facts = explainSession({ session, application, path, config, nowMs: Date.now() })
      const denied = facts.some(({ kind }) => kind === 'deny')
      const answer = { session: id, application: application.name, path, denied, facts }
      for (const line of input.flag('json') ? [JSON.stringify(answer)] : linesOf(answer)) terminal.out(line)
      return denied ? 1 : 0
    })
  },
}

const signs = { ok: '✓', deny: '✗', note: ' ' } as const

interface Answer {
  readonly application: string
  readonly path: string | null
  readonly denied: boolean
  readonly facts: readonly Fact[]
}

function linesOf({ application, path, denied, facts }: Answer): readonly string[] {
  const what = path === null ? 'this session' : `${path} of this session`
  return [
    denied ? `✗ ${application} is denied ${what}` : `✓ ${application} is given ${what}`,
    ...facts.map(({ kind, about, says }) => oneLine(`  ${signs[kind]} ${about.padEnd(9)}  ${says}`)),
  ]
}

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
