import type { wire } from '@single-state/core/protocol'
import { ProblemError } from '../http/problem.ts'
import { json } from '../http/respond.ts'
import { toldName } from '../leases/told-name.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'

/** `POST /v1/heartbeat`: cheap on purpose. A gateway that is too busy to answer it would make every read ask. */
export const heartbeat: Handler<typeof operations.heartbeat> = async (ports, { application, body }) => {
  if (ports.poll === null) throw new ProblemError('not_found', { detail: 'this gateway grants no leases' })
  // Each application's own: two of them may call a process the same.
  const process = `${application.name} ${body.process}`
  const { epoch, seq, changed } = await ports.poll.ask({ ...body, process })
  ports.metrics.heartbeat(changed === null ? 'reset' : 'changes')
  const answer = { epoch, seq, ...(changed === null ? { reset: true as const } : { changed: [...changed] }), keys: toldName(ports) }
  return json(answer satisfies wire.HeartbeatAnswer)
}
