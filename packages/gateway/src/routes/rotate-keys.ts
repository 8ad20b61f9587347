import { changeEntry } from '../audit/entries.ts'
import { ProblemError } from '../http/problem.ts'
import { instant, json } from '../http/respond.ts'
import type { GatewayPorts } from '../ports.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { actOf } from './operator-sessions.ts'
import type { KeysAnswer } from './schemas.ts'

/** `POST /v1/keys/rotate`. The record comes first: keys that changed without one would be nobody's doing. */
export const rotateKeys: Handler<typeof operations.rotateKeys> = async (ports, call) => {
  const { compromised, kid } = call.body
  if (kid !== undefined) await checkNamed(ports, kid, compromised)
  const paths = compromised ? ['compromised', ...(kid === undefined ? [] : [kid])] : []
  await ports.store.appendAudit(changeEntry('rotate_keys', paths, await actOf(ports, call)))
  await ports.keys.rotate({ compromised, kid })
  const keys = ports.keys.list().map(({ kid, alg, state, signsFromMs, verifiesUntilMs }) => ({
    kid,
    alg,
    state,
    signsFrom: instant(signsFromMs),
    verifiesUntil: verifiesUntilMs === null ? null : instant(verifiesUntilMs),
  }))
  return json({ keys } satisfies KeysAnswer)
}

/** A key that was mistyped must not look withdrawn. Another gateway may have made it a moment ago. */
async function checkNamed({ keys }: GatewayPorts, kid: string, compromised: boolean): Promise<void> {
  if (!compromised) throw new ProblemError('request_invalid', { detail: 'kid: expected together with compromised' })
  await keys.refresh()
  if (keys.keyOf(kid) === undefined) throw new ProblemError('request_invalid', { detail: 'kid: expected one of a published key' })
}
