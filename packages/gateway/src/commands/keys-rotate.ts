import { type KeysAnswer, keysAnswerSchema } from '../routes/schemas.ts'
import { type Command, expectNoPositionals, UsageError } from './command.ts'
import { operatorCalls, operatorOptions } from './operator-calls.ts'
import { reasonCode } from './reason-code.ts'

/** What the audit says where the operator gives no reason. */
const defaultReason = 'operator.rotate'

export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Gives the gateway a new signing key, without a restart and with nobody signed out; or withdraws keys at once.',
  usage: '[--compromised [--kid=<id>]] [--reason <code>] [--gateway <origin>] [--key <key>] [--json]',
  options: {
    ...operatorOptions,
    compromised: { type: 'boolean', help: 'withdraw every key that has been published until now: everybody signs in again' },
    kid: { type: 'string', help: 'the one key that is compromised: only whoever has a token of it signs in again' },
    reason: { type: 'string', help: `what the audit says (default: ${defaultReason})` },
  },
  async run(input, terminal) {
    expectNoPositionals(input)
    const reason = reasonCode(input, defaultReason)
    const compromised = input.flag('compromised')
    const kid = input.text('kid')
    if (kid !== undefined && !compromised) throw new UsageError('--kid: expected together with --compromised')
    if (kid !== undefined && !/^[\w-]{43}$/.test(kid)) throw new UsageError(`--kid: expected the 43 characters of a key, found "${kid}"`)
    const order = { reason, compromised, ...(kid !== undefined && { kid }) }
    const answer = await operatorCalls(input, terminal).post('/v1/keys/rotate', order, keysAnswerSchema)
    for (const line of input.flag('json') ? [JSON.stringify(answer)] : linesOf(answer, saidOf(compromised, kid))) terminal.out(line)
    return 0
  },
}

function linesOf({ keys }: KeysAnswer, said: string): readonly string[] {
  const lines = keys.map(({ kid, alg, state, signsFrom, verifiesUntil }) => {
    const until = verifiesUntil === null ? '' : `, verifies until ${verifiesUntil}`
    return `${state.padEnd(9)}  ${kid}  ${alg}, ${state === 'waiting' ? 'signs' : 'has signed'} from ${signsFrom}${until}`
  })
  return [...lines, `\n${said}`]
}

function saidOf(compromised: boolean, kid: string | undefined): string {
  if (!compromised)
    return 'The waiting key is published now and signs later, so that every application knows it by then. Nothing needs a restart.'
  const when = 'here at once, at every other gateway within a second'
  if (kid === undefined) return `Every key from before is withdrawn: ${when}. Everybody signs in again.`
  return `The key ${kid} is withdrawn: ${when}. Whoever has a token of it signs in again, and nobody else.`
}
