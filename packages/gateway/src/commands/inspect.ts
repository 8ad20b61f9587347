import { sessionPath } from '@single-state/core/protocol'
import { type InspectedSession, inspectedSessionSchema } from '../routes/schemas.ts'
import { type Command, UsageError } from './command.ts'
import { operatorCalls, operatorOptions } from './operator-calls.ts'
import { oneLine } from './plain-text.ts'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows one session: its document as the operator may see it, its version, token generation and ends.',
  usage: '<session id> [--gateway <origin>] [--key <key>] [--json]',
  options: operatorOptions,
  async run(input, terminal) {
    const [id, ...more] = input.positionals
    if (!id || more.length > 0) throw new UsageError('expected the id of one session')
    const session = await operatorCalls(input, terminal).get(sessionPath(id), inspectedSessionSchema)
    for (const line of input.flag('json') ? [JSON.stringify(session)] : linesOf(session)) terminal.out(line)
    return 0
  },
}

function linesOf(session: InspectedSession): readonly string[] {
  return [...factsOf(session).map(oneLine), '', ...documentLines(session)]
}

function factsOf({ id, issuer, subject, state }: InspectedSession): readonly string[] {
  return [
    `session     ${id}`,
    `subject     ${subject} of ${issuer}`,
    `state       ${state.ended === null ? 'active' : `ended: ${state.ended}`}, version ${state.version}`,
    `token       generation ${state.generation}, ${state.confirmed ? 'confirmed' : 'not shown yet'}`,
    `created     ${state.createdAt}`,
    `exchanged   ${state.lastExchangeAt}`,
    `ends        ${state.idleAt} if unused, ${state.expiresAt} at the latest`,
  ]
}

/** Line breaks between the members are ours; those within a text are written as JSON writes them. */
function documentLines({ document, state }: InspectedSession): readonly string[] {
  if (document === null) return [`The gateway cannot read the stored document, of revision ${state.contract} of the contract.`]
  return JSON.stringify(document, null, 2).split('\n')
}
