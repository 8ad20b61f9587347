import { isSessionError, type SessionConflictError, type Transport } from '@single-state/core'
import { holds, same } from '../expect.ts'
import { readAudit } from '../ledger.ts'
import { handOver, openAsPortal, type PortalSession, versionOf } from '../portal-client.ts'
import type { Stage, Step } from '../stage.ts'

/** Two writers, one version; and an answer that never arrives. */
export const race: Step = {
  name: 'a race',
  async run(stage) {
    const raced = await twoFromOneVersion(stage)
    const lost = await answerLost(stage)
    return `${raced}; ${lost}`
  },
}

async function twoFromOneVersion(stage: Stage): Promise<string> {
  const racers = [openAsPortal(stage), openAsPortal(stage)] as const
  const [version, other] = await Promise.all([versionOf(racers[0]), versionOf(racers[1])])
  same('the versions that both start from', other, version)
  const outcomes = await Promise.allSettled([
    racers[0].update('tenant.switch', { 'context.tenant': 'acme' }),
    racers[1].update('tenant.switch', { 'context.tenant': 'globex' }),
  ])
  const winners = outcomes.filter(({ status }) => status === 'fulfilled').length
  same('how many won', winners, 1)
  const lost = outcomes.findIndex(({ status }) => status === 'rejected')
  const told = currentVersionOf(outcomes[lost])
  same('the version that the loser is told', told, version + 1)
  const decided = await decideAgain(racers[lost] as PortalSession)
  same('the version after the second decision', decided, version + 2)
  record(stage, version + 1)
  record(stage, version + 2)
  for (const racer of racers) handOver(stage, racer)
  return `two writes from version ${version}: one wins ${version + 1}, the other is told ${told}, decides again and wins ${decided}`
}

function currentVersionOf(outcome: PromiseSettledResult<unknown> | undefined): number {
  const reason: unknown = outcome?.status === 'rejected' ? outcome.reason : undefined
  holds(`the loser is told of a conflict, and not of ${String(reason)}`, isSessionError(reason) && reason.code === 'version_conflict')
  return (reason as SessionConflictError).currentVersion
}

/** From what the session says now, and once: nobody else writes any more. */
async function decideAgain(loser: PortalSession): Promise<number> {
  let decisions = 0
  const session = await loser.update('tenant.switch', ({ context }) => {
    decisions += 1
    return { 'context.tenant': context.tenant === 'acme' ? 'globex' : 'acme' }
  })
  same('how often it decided', decisions, 1)
  return session.version
}

async function answerLost(stage: Stage): Promise<string> {
  const keysSent: (string | undefined)[] = []
  const session = openAsPortal(stage, (carry) => losingFirstWrite(carry, keysSent))
  const version = await versionOf(session)
  const written = await session.update('tenant.switch', ({ context }) => ({
    'context.tenant': context.tenant === 'acme' ? 'globex' : 'acme',
  }))
  handOver(stage, session)
  const [first, second] = keysSent
  holds('the write was sent twice, with the same key', keysSent.length === 2 && first !== undefined && first === second)
  same('the version after the repeat', written.version, version + 1)
  const records = (await readAudit(stage.demonstration)).filter(({ subject, toVersion }) => isBob(subject) && toVersion === version + 1)
  same('how many records the audit has of it', records.length, 1)
  record(stage, version + 1)
  return `an answer lost after the commit, repeated with its key: version ${version} to ${written.version}, one audit record`
}

/** Carries everything, and loses the answer to the first write once the gateway has given it. */
function losingFirstWrite(carry: Transport, keysSent: (string | undefined)[]): Transport {
  return async (request) => {
    const answer = await carry(request)
    if (request.method !== 'PATCH') return answer
    keysSent.push(request.headers['idempotency-key'])
    if (keysSent.length === 1) throw new Error('the connection broke before the answer arrived')
    return answer
  }
}

function isBob(subject: string | null): boolean {
  return subject?.endsWith(' bob') ?? false
}

function record({ ledger }: Stage, toVersion: number): void {
  const reason = 'tenant.switch'
  ledger.push({
    who: 'bob',
    application: 'portal',
    operation: 'update',
    paths: ['context.tenant'],
    reason,
    outcome: 'committed',
    toVersion,
  })
}
