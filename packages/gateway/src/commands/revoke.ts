import { sessionPath, subjectPath, wire } from '@single-state/core/protocol'
import { inspectedSessionSchema } from '../routes/schemas.ts'
import { type Command, type CommandInput, UsageError } from './command.ts'
import { type OperatorCalls, operatorCalls, operatorOptions } from './operator-calls.ts'
import { reasonCode } from './reason-code.ts'
import { receiptLines } from './receipt-lines.ts'

/** What the audit says where the operator gives no reason. */
const defaultReason = 'operator.revoke'

export const revoke: Command = {
  name: 'revoke',
  summary: "Ends a session, all sessions of a person, or a person's others for good.",
  usage:
    '<session id> | --others <session id> | --subject <issuer> <subject> [--reason <code>] [--gateway <origin>] [--key <key>] [--json]',
  options: {
    ...operatorOptions,
    subject: { type: 'boolean', help: 'every session of this issuer and subject, and their sign-ins under way' },
    others: { type: 'boolean', help: "every other session of this session's person" },
    reason: { type: 'string', help: `what the audit says, such as device.lost (default: ${defaultReason})` },
  },
  async run(input, terminal) {
    const reason = reasonCode(input, defaultReason)
    const end = endingOf(input)
    const { ended, receipt } = await end(operatorCalls(input, terminal), reason)
    const lines = [`ended       ${whatEnded(ended, input)}`, ...receiptLines(receipt)]
    for (const line of input.flag('json') ? [JSON.stringify({ ended, receipt })] : lines) terminal.out(line)
    return 0
  },
}

function whatEnded(ended: number, { flag }: CommandInput): string {
  if (ended > 0) return `${ended} ${ended === 1 ? 'session' : 'sessions'}`
  return flag('subject') || flag('others') ? 'nothing: there was no such session' : 'nothing: it was over already'
}

type Ending = (calls: OperatorCalls, reason: string) => Promise<wire.EndAnswer>

function endingOf({ positionals, flag }: CommandInput): Ending {
  const [first, second, ...more] = positionals
  if (flag('subject') && flag('others')) throw new UsageError('expected --subject or --others, found both')
  if (flag('subject')) {
    if (!first || !second || more.length > 0) throw new UsageError('--subject: expected an issuer and a subject')
    return (calls, reason) => calls.delete(sessionsOf(first, second), { reason }, wire.endAnswerSchema)
  }
  if (!first || second !== undefined) throw new UsageError('expected the id of one session')
  if (flag('others')) return (calls, reason) => endOthers(calls, first, reason)
  return (calls, reason) => calls.delete(sessionPath(first), { reason }, wire.endAnswerSchema)
}

async function endOthers(calls: OperatorCalls, id: string, reason: string): Promise<wire.EndAnswer> {
  const { issuer, subject } = await calls.get(sessionPath(id), inspectedSessionSchema)
  return calls.delete(sessionsOf(issuer, subject), { reason, except: id }, wire.endAnswerSchema)
}

function sessionsOf(issuer: string, subject: string): string {
  return `${subjectPath({ issuer, subject })}/sessions`
}
