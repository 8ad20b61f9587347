import { isKnown, knownTags } from '../http/entity-tag.ts'
import { problemOf } from '../http/problem.ts'
import { sendDocument, storeHeaders, tagFor } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'
import { readPresented } from '../presented.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

/** `GET /v1/session` */
export const readSession: Handler<typeof operations.readSession> = async (ports, { application, request, token }) => {
  const known = knownTags(request)
  const session = await countRefusals(ports, () => readPresented(ports, token))
  const etag = tagFor(application, session.record)
  if (isKnown(known, etag)) {
    ports.metrics.read('unchanged')
    return new Response(null, { status: 304, headers: { ETag: etag, ...storeHeaders(session.position) } })
  }
  ports.metrics.read('document')
  return sendDocument(application, session)
}

async function countRefusals<Answer>(ports: GatewayPorts, read: () => Promise<Answer>): Promise<Answer> {
  try {
    return await read()
  } catch (error) {
    ports.metrics.read(problemOf(error).code)
    throw error
  }
}
