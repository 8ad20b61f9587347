import { sessionPath, subjectPath, wire } from '@single-state/core/protocol'
import { inspectedSessionSchema } from '../routes/schemas.ts'
import { type Command, type CommandInput, UsageError } from './command.ts'
import { type OperatorCalls, operatorCalls, operatorOptions } from './operator-calls.ts'
import { isReasonCode, receiptLines } from './receipt-lines.ts'

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
    const reason = reasonOf(input)
    const end = endingOf(input)
    const { ended, receipt } = await end(operatorCalls(input, terminal), reason)
    if (input.flag('json')) {
      terminal.out(JSON.stringify({ ended, receipt }))
      return 0
    }
    terminal.out(ended === 0 ? 'ended       nothing: it was over already' : `ended       ${ended} ${ended === 1 ? 'session' : 'sessions'}`)
    for (const line of receiptLines(receipt)) terminal.out(line)
    return 0
  },
}

type Ending = (calls: OperatorCalls, reason: string) => Promise<wire.EndAnswer>

function reasonOf({ text }: CommandInput): string {
  const reason = text('reason') ?? defaultReason
  if (isReasonCode(reason)) return reason
  throw new UsageError(`--reason: expected up to 64 characters of a-z, 0-9, _ . -, a letter first, found "${reason}"`)
}

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
