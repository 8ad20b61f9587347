import { type AtOnce, andThen, isSessionError, type wire } from '@single-state/core/protocol'
import { ProblemError, problemOf } from '../http/problem.ts'
import { documentFor, json, tagFor } from '../http/respond.ts'
import type { Application } from '../policy/applications.ts'
import type { VerifiedToken } from '../policy/standing.ts'
import type { GatewayPorts } from '../ports.ts'
import { admit, verifyUnexpired } from '../presented.ts'
import type { Position, SessionRecord } from '../stores/store.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

type Result = wire.ReadsAnswer['results'][number]

/** `POST /v1/reads`: one look into the store for all of them; `seq` is that of this look, which no result is older than. */
export const readSessions: Handler<typeof operations.readSessions> = async (ports, { application, body }) => {
  const tokens = await allOf(body.reads.map(({ token }) => settled(() => verifyUnexpired(ports, token))))
  const ids = tokens.flatMap((token) => (token instanceof ProblemError ? [] : [token.claims.sid]))
  const met = ids.map((id) => ports.documents.lastMet(id)?.record ?? null)
  const { records, ...position } = await ports.store.read(ids, met)
  const inOrder = records.values()
  const results = await allOf(
    body.reads.map(({ etag }, at): AtOnce<Result> => {
      const token = tokens[at] as VerifiedToken | ProblemError
      if (token instanceof ProblemError) return refused(token)
      return readOne(ports, application, { token, record: inOrder.next().value ?? null, etag }, position)
    }),
  )
  const counted = Map.groupBy(results, ({ status, problem }) => problem?.code ?? (status === 304 ? 'unchanged' : 'document'))
  for (const [result, { length }] of counted) ports.metrics.read(result, length)
  return json({ seq: position.seq, epoch: position.epoch, results })
}

function readOne(
  ports: GatewayPorts,
  application: Application,
  read: { readonly token: VerifiedToken; readonly record: SessionRecord | null; readonly etag: string | undefined },
  position: Position,
): AtOnce<Result> {
  return andThen(
    settled(() => admit(ports, read.token, read.record, position)),
    (session) => {
      if (session instanceof ProblemError) return refused(session)
      const etag = tagFor(application, session.record)
      return read.etag === etag
        ? { status: 304, etag }
        : { status: 200, document: documentFor(application, session) as Result['document'], etag }
    },
  )
}

/** Reads of known sessions are at hand, and a promise for each would cost more than they do. */
function allOf<Answer>(answers: readonly AtOnce<Answer>[]): AtOnce<readonly Answer[]> {
  const isAtHand = (answer: AtOnce<Answer>): answer is Answer => !(answer instanceof Promise)
  return answers.every(isAtHand) ? answers : Promise.all(answers)
}

function refused(error: ProblemError): Result {
  const problem = problemOf(error)
  return { status: problem.status, problem }
}

/** What fails one read is its own result. Only the look that is made for all of them fails all. */
function settled<Answer>(ask: () => AtOnce<Answer>): AtOnce<Answer | ProblemError> {
  try {
    const answer = ask()
    return answer instanceof Promise ? answer.catch(refusalOf) : answer
  } catch (error) {
    return refusalOf(error)
  }
}

function refusalOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (isSessionError(error)) return new ProblemError(error.code)
  throw error
}
