import { inspectedSessionSchema } from '../routes/schemas.ts'
import { type Command, UsageError } from './command.ts'
import { operatorCalls, operatorOptions } from './operator-calls.ts'

export const inspect: Command = {
  name: 'inspect',
  summary: 'Shows one session: its document as the operator may see it, its version, token generation and ends.',
  usage: '<session id> [--gateway <origin>] [--key <key>] [--json]',
  options: operatorOptions,
  async run(input, terminal) {
    const [id, ...more] = input.positionals
    if (!id || more.length > 0) throw new UsageError('expected the id of one session')
    const answer = await operatorCalls(input, terminal).get(`/v1/sessions/${encodeURIComponent(id)}`)
    if (input.flag('json')) {
      terminal.out(JSON.stringify(answer))
      return 0
    }
    const { issuer, subject, state, document } = inspectedSessionSchema.parse(answer)
    terminal.out(`session     ${id}`)
    terminal.out(`subject     ${subject} of ${issuer}`)
    terminal.out(`state       ${state.ended === null ? 'active' : `ended: ${state.ended}`}, version ${state.version}`)
    terminal.out(`token       generation ${state.generation}, ${state.confirmed ? 'confirmed' : 'not shown yet'}`)
    terminal.out(`created     ${state.createdAt}`)
    terminal.out(`exchanged   ${state.lastExchangeAt}`)
    terminal.out(`ends        ${state.idleAt} if unused, ${state.expiresAt} at the latest`)
    terminal.out(document === null ? '\nThe stored document is not valid.' : `\n${JSON.stringify(document, null, 2)}`)
    return 0
  },
}
