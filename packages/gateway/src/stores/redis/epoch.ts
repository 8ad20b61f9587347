import { randomBytes } from 'node:crypto'
import type { AuditEntry } from '../../audit/record.ts'
import type { RedisConnection } from './connection.ts'
import type { JournalEntry } from './ends-journal.ts'
import { unavailable } from './redis-failure.ts'
import type { RedisSettings } from './redis-options.ts'
import { adoptScript, foundScript, greetScript, replayScript } from './scripts/epochs.ts'
import type { Script } from './scripts/script.ts'
import { primaryOf, type ServerFacts } from './server-facts.ts'

/** Ten: each turn is lost to another gateway that did the same work. */
const mostTurns = 10

/**
 * Makes sure that the data belong to the primary that answers, before anything is served from them.
 *
 * Data of another primary may lack its last changes, an end among them. What the journal knows is applied again; without a
 * journal everybody is ended, unless that was switched off by name. Answers the most replicas that this epoch has seen.
 */
export async function openEpoch(connection: RedisConnection, facts: ServerFacts, settings: RedisSettings): Promise<number> {
  const primary = primaryOf(facts)
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const greeting = [primary, facts.runId, facts.wasAlwaysPrimary ? '1' : '0']
    const [verdict, detail = '', mark = ''] = (await connection.run(greetScript, settings.prefix, greeting)) as string[]
    if (verdict === 'same') return Number(detail)
    if (verdict === 'new') await connection.run(foundScript, settings.prefix, [primary, newEpoch(), facts.replicas])
    else await adopt({ connection, settings, stored: detail, mark, primary, replicas: facts.replicas })
  }
  throw unavailable('the primary changes too fast')
}

/** A name that no epoch had. */
export function newEpoch(): string {
  return randomBytes(12).toString('hex')
}

interface Adoption {
  readonly connection: RedisConnection
  readonly settings: RedisSettings
  /** The primary that wrote the data. Every step is refused once it is no longer this one: another gateway was faster. */
  readonly stored: string
  readonly mark: string
  readonly primary: string
  readonly replicas: number
}

async function adopt({ connection, settings, stored, mark, primary, replicas }: Adoption): Promise<void> {
  const { journal, prefix, afterEpoch, clock } = settings
  const run = (script: Script, args: readonly (string | number)[]) => connection.run(script, prefix, [stored, clock?.() ?? '', ...args])
  try {
    let reached = mark
    for (let page = await journal?.since(reached); page && page.entries.length > 0; page = await journal?.since(reached)) {
      for (const entry of page.entries) await run(replayScript, replayArgs(entry))
      reached = page.mark
    }
    const endAll = journal === null && afterEpoch === 'end-all'
    await run(adoptScript, [primary, newEpoch(), reached, endAll ? '1' : '0', replicas, JSON.stringify(actOf('end_all'))])
  } catch (error) {
    if (!(error instanceof Error) || !error.message.includes('OTHERPRIMARY')) throw error
  }
}

function replayArgs({ kind, ids, subjectKey, endings, reason }: JournalEntry): readonly (string | number)[] {
  return [kind, JSON.stringify(ids), subjectKey === null ? '' : `=${subjectKey}`, endings, reason, JSON.stringify(actOf('end'))]
}

function actOf(operation: 'end' | 'end_all'): AuditEntry {
  return {
    application: 'gateway',
    actor: null,
    operation,
    paths: [],
    reason: 'store.failover',
    traceId: null,
    outcome: 'committed',
    session: null,
    subject: null,
  }
}
