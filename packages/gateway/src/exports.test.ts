import { expect, it } from 'vitest'
import { exportedNames } from '../../../tools/exported-names.ts'

it('exports exactly these names from each entry', async () => {
  expect(await exportedNames(import.meta.filename)).toEqual({
    '.': ['createGateway', 'defineGateway', 'developmentPeople', 'memoryStore', 'oidc', 'serveGateway', 'sqliteStore'],
    './postgres': ['postgresAuditSink', 'postgresJournal', 'postgresStore'],
    './redis': ['fileJournal', 'redisJournal', 'redisStore'],
    './store-contract': ['storeContract'],
  })
})
