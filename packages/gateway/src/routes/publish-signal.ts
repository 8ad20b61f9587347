import { type Contract, visibleSignals } from '@single-state/core/protocol'
import { changeEntry, deniedEntry, nameOf } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { isWithinLimit, tooLarge } from '../policy/change.ts'
import type { GatewayPorts } from '../ports.ts'
import { type PresentedSession, readForWrite } from '../presented.ts'
import { commit, repeatedAnswer, writeOf } from './commit.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

type Signal = Contract['signals'][string]

/** `PUT /v1/session/signals/{name}`: no precondition, the last publisher wins (rule 4). */
export const publishSignal: Handler<typeof operations.publishSignal> = async (ports, call) => {
  const { application, traceId } = call
  const name = call.param('name')
  const write = writeOf(call, application)
  const session = await readForWrite(ports, call.token)
  const signals: Contract['signals'] = ports.contract.signals
  const declared = Object.hasOwn(signals, name) ? signals[name] : undefined
  if (!declared) throw new ProblemError('signal_unknown')
  const act = { application: application.name, actor: nameOf(session.record), reason: `signal.${name}`, traceId }
  if (!application.publishes.includes(name)) {
    await ports.store.appendAudit(deniedEntry('signal', [`signals.${name}`], act, session.record))
    throw new ProblemError('write_denied')
  }
  const value = checkValue(ports, session, name, declared, call.body.value)
  const repeated = await repeatedAnswer(ports, application, session, write)
  if (repeated) return repeated
  const signal = { name, value, ttlMs: declared.ttlMs }
  const change = { expected: null, body: null, signal, write }
  return commit(ports, application, session, { change, entry: changeEntry('signal', [`signals.${name}`], act), settle: undefined })
}

/** Signals count towards the limit of the document when one is published, so that they never stand in the way of a change. */
function checkValue(
  ports: GatewayPorts,
  { record, parts, position }: PresentedSession,
  name: string,
  { schema }: Signal,
  sent: unknown,
): unknown {
  const parsed = schema.safeParse(sent)
  if (!parsed.success) {
    const failing = parsed.error.issues.map(({ path }) => ['signals', name, ...path].join('.'))
    throw new ProblemError('document_invalid', { detail: failing.join(', ') })
  }
  const others = visibleSignals(record.signals, position.nowMs)
  const bytes = Buffer.byteLength(JSON.stringify({ ...others, [name]: { value: parsed.data } }))
  if (!isWithinLimit(ports.contract, parts, bytes)) throw tooLarge(ports.contract)
  return parsed.data
}
