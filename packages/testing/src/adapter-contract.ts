import { assurance } from './adapter-contract/assurance.ts'
import { cookies } from './adapter-contract/cookies.ts'
import { credentials } from './adapter-contract/credentials.ts'
import type { AdapterFixture } from './adapter-contract/fixture.ts'
import { headers } from './adapter-contract/headers.ts'
import { isolation } from './adapter-contract/isolation.ts'
import { outages } from './adapter-contract/outages.ts'
import { reads } from './adapter-contract/reads.ts'
import { statuses } from './adapter-contract/statuses.ts'
import { checkNotApplicable, runGroup, type TestRunner } from './adapter-contract/suite.ts'
import { writes } from './adapter-contract/writes.ts'

export { type AdapterView, adapterTestContract } from './adapter-contract/contract.ts'
export type { AdapterApplication, AdapterFixture, AdapterRequest, AdapterRoutes, AdapterStart } from './adapter-contract/fixture.ts'
export { serveNode } from './adapter-contract/serve-node.ts'
export type { TestRunner } from './adapter-contract/suite.ts'

const groups = { statuses, assurance, outages, cookies, headers, reads, writes, credentials, isolation } as const

/**
 * What every adapter does, as tests: an adapter that passes answers like the others, whatever its framework. The real
 * gateway runs behind it.
 *
 * ```ts
 * import { describe, it } from 'node:test'
 * adapterContract({ describe, it }, { name: 'my framework', start })
 * ```
 */
export function adapterContract(runner: TestRunner, fixture: AdapterFixture): void {
  checkNotApplicable(fixture, groups)
  runner.describe(`the adapter contract, ${fixture.name}`, () => {
    for (const [title, group] of Object.entries(groups)) runGroup(runner, fixture, title, group)
  })
}
