import type { SubjectOf } from '@single-state/core/protocol'
import { changeEntry, gatewayName } from './audit/entries.ts'
import type { LogoutNotice } from './oidc/provider.ts'
import type { GatewayPorts } from './ports.ts'

/**
 * Ends what a provider's notice names: the sessions that one of its own began, or all of a person. A login of the person that
 * is under way creates no session either, where it is known whose it is: it may belong to what has just ended. Answers how
 * many were alive.
 *
 * Rejects with the store's `SessionError`: then some of them may live on, and the notice is to be sent again.
 */
export async function endByProvider(ports: GatewayPorts, notice: LogoutNotice, traceId: string | null): Promise<number> {
  const entry = changeEntry('end_subject', [], {
    application: gatewayName,
    actor: notice.issuer,
    reason: 'backchannel_logout',
    traceId,
  })
  const which = notice.idpSession === null ? 'all' : { idpSession: notice.idpSession }
  let ended = 0
  for (const person of await peopleOf(ports, notice)) ended += (await ports.store.endSubject(person, which, entry)).ended.length
  // Also where none was left: the notice may be a repeat of one whose answer was lost.
  const settled = ports.settling.begin()
  ports.metrics.end('revoked', ended)
  await settled
  return ended
}

/** Whom a notice is about. One that names a session of the provider alone is about whoever has sessions that it began. */
async function peopleOf(ports: GatewayPorts, { issuer, subject, idpSession }: LogoutNotice): Promise<readonly SubjectOf[]> {
  if (subject !== null) return [{ issuer, subject }]
  if (idpSession === null) return []
  const { records } = await ports.store.findByIdpSession(issuer, idpSession)
  return [...new Set(records.map((record) => record.subject))].map((found) => ({ issuer, subject: found }))
}
