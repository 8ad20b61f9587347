import { changeEntry, endEntry, gatewayName } from './audit/entries.ts'
import type { LogoutNotice } from './oidc/provider.ts'
import type { GatewayPorts } from './ports.ts'

/**
 * Ends what a provider's notice names: the sessions that one of its own began, or all of a person, whose logins under way
 * then create none either. Answers how many were alive.
 *
 * Rejects with the store's `SessionError`: then some of them may live on, and the notice is to be sent again.
 */
export async function endByProvider(ports: GatewayPorts, notice: LogoutNotice, traceId: string | null): Promise<number> {
  const act = { application: gatewayName, actor: notice.issuer, reason: 'backchannel_logout', traceId }
  const { issuer, subject, idpSession } = notice
  let ended = 0
  if (idpSession !== null) {
    const { records } = await ports.store.findByIdpSession(issuer, idpSession)
    // The token names both: a session of somebody else is not meant.
    for (const record of records.filter((found) => subject === null || found.subject === subject)) {
      const outcome = await ports.store.end(record.id, 'revoked', endEntry(act))
      if (outcome.kind === 'ended') ended++
    }
  } else if (subject !== null) {
    ended = (await ports.store.endSubject({ issuer, subject }, null, changeEntry('end_subject', [], act))).ended.length
  }
  // Also where none was left: the notice may be a repeat of one whose answer was lost.
  const settled = ports.settling.begin()
  ports.metrics.end('revoked', ended)
  await settled
  return ended
}
