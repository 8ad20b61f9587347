import { auditScenarios } from './store-contract/audit.ts'
import { createClock, type Scenario } from './store-contract/bench.ts'
import { changeScenarios } from './store-contract/changes.ts'
import { commitScenarios } from './store-contract/commit.ts'
import { createScenarios } from './store-contract/create.ts'
import { endScenarios } from './store-contract/end.ts'
import { housekeepingScenarios } from './store-contract/housekeeping.ts'
import { idempotencyScenarios } from './store-contract/idempotency.ts'
import { lineageScenarios } from './store-contract/lineage.ts'
import { raceScenarios } from './store-contract/races.ts'
import { readScenarios } from './store-contract/reads.ts'
import type { SessionStore } from './stores/store.ts'

export type { AuditEntry, AuditOperation, AuditRecord } from './audit/record.ts'
export type {
  Commit,
  CommitOutcome,
  CreateOutcome,
  EndOutcome,
  ExchangeOutcome,
  NewSession,
  Position,
  SessionRecord,
  SessionStore,
  StoredKeys,
} from './stores/store.ts'

/** The two functions of a test runner that the suite needs: those of vitest, jest, mocha or `node:test`. */
export interface ContractRunner {
  describe(title: string, body: () => void): unknown
  it(title: string, body: () => Promise<void>): unknown
}

/** The store under test. */
export interface StoreContractOptions {
  /** What the report calls it. */
  readonly name: string
  /** Opens an empty store whose time is `clock`, milliseconds since 1970; called once per scenario, which closes it. */
  readonly open: (clock: () => number) => SessionStore | Promise<SessionStore>
  /** How many commits race for one version. Default 200. */
  readonly racers?: number
  /** How often they do. Default 3. */
  readonly rounds?: number
}

const parts: readonly (readonly [title: string, add: (scenario: Scenario) => void])[] = [
  ['create', createScenarios],
  ['read', readScenarios],
  ['commit', commitScenarios],
  ['races', raceScenarios],
  ['idempotency', idempotencyScenarios],
  ['end', endScenarios],
  ['tokens', lineageScenarios],
  ['changes', changeScenarios],
  ['audit', auditScenarios],
  ['housekeeping', housekeepingScenarios],
]

/**
 * The suite that every store passes: what the session store port promises, as scenarios.
 *
 * ```ts
 * import { describe, it } from 'vitest'
 * storeContract({ describe, it }, { name: 'my store', open: (clock) => myStore({ clock }) })
 * ```
 */
export function storeContract(runner: ContractRunner, options: StoreContractOptions): void {
  const { racers = 200, rounds = 3 } = options
  const scenario: Scenario = (title, body) => {
    runner.it(title, async () => {
      const clock = createClock()
      const store = await options.open(clock.now)
      try {
        await body({ store, clock, racers, rounds })
      } finally {
        await store.close()
      }
    })
  }
  runner.describe(`${options.name} keeps the store contract`, () => {
    for (const [title, add] of parts) runner.describe(title, () => add(scenario))
  })
}
