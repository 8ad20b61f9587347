import { afterAll, describe, it } from 'vitest'
import { storeContract } from '../store-contract.ts'
import { createTemporaryFolder } from './fixtures/temporary-folder.ts'
import { sqliteStore } from './sqlite.ts'

const folder = createTemporaryFolder('memory')
afterAll(folder.remove)

storeContract({ describe, it }, { name: 'sqlite', open: (clock) => sqliteStore({ path: folder.newPath(), clock }) })
