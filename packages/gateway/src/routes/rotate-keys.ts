import { changeEntry } from '../audit/entries.ts'
import { instant, json } from '../http/respond.ts'
import type { Handler } from './mount.ts'
import type { operations } from './operations.ts'
import { actOf } from './operator-sessions.ts'
import type { KeysAnswer } from './schemas.ts'

/** `POST /v1/keys/rotate`. The record comes first: keys that changed without one would be nobody's doing. */
export const rotateKeys: Handler<typeof operations.rotateKeys> = async (ports, call) => {
  const { compromised } = call.body
  await ports.store.appendAudit(changeEntry('rotate_keys', compromised ? ['compromised'] : [], await actOf(ports, call)))
  await ports.keys.rotate({ compromised })
  const keys = ports.keys.list().map(({ kid, alg, state, signsFromMs, verifiesUntilMs }) => ({
    kid,
    alg,
    state,
    signsFrom: instant(signsFromMs),
    verifiesUntil: verifiesUntilMs === null ? null : instant(verifiesUntilMs),
  }))
  return json({ keys } satisfies KeysAnswer)
}
