import { afterAll } from 'vitest'
import { sameOutcomes } from './fixtures/same-outcomes.ts'
import { createTemporaryFolder } from './fixtures/temporary-folder.ts'
import { sqliteStore } from './sqlite.ts'

const folder = createTemporaryFolder('memory')
afterAll(folder.remove)

sameOutcomes({ name: 'sqlite', open: (clock) => sqliteStore({ path: folder.newPath(), clock }) })
