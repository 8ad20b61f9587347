import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StoreSite } from './store-site.ts'

/** A file, and so one gateway. */
export async function startSqliteSite(): Promise<StoreSite> {
  const folder = await mkdtemp(join(tmpdir(), 'single-state-faults-'))
  return {
    addresses: [`sqlite:${join(folder, 'sessions.db')}`],
    nemeses: [],
    isBack: async () => true,
    stop: () => rm(folder, { recursive: true, force: true }),
  }
}
