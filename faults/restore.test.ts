import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, type TestContext } from 'vitest'
import { postgresPrograms, startPostgres } from '../tools/servers/postgres-server.ts'
import { startRedis } from '../tools/servers/redis-server.ts'
import { skipWithout } from '../tools/servers/server-process.ts'
import { createCaller, patiently } from './load/call.ts'
import { knownState } from './load/known-state.ts'
import { signInPatiently, type Visitor } from './load/visitor.ts'
import { type Site, startSite } from './site/site.ts'

const run = promisify(execFile)

/** Takes what a test has to close when it is over, last first. */
type Closing = (close: () => Promise<unknown>) => void

function closingOf({ onTestFinished }: TestContext): Closing {
  return (close) => onTestFinished(async () => void (await close()), 60_000)
}

async function newFolder(closing: Closing): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'single-state-restore-'))
  closing(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Owner and rights included; a server refuses what is not its own. */
async function replaceFolder(folder: string, by: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await run('cp', ['-a', by, folder])
}

/** Ends a session and expects to be told that it is done, once the gateway has its store. */
async function revoke(site: Site, { session }: Visitor): Promise<void> {
  const operator = patiently(createCaller(site.origin, site.keys.operator))
  const answer = await operator({ method: 'DELETE', path: `/v1/sessions/${session}`, body: { reason: 'incident' } })
  expect(answer?.status).toBe(200)
}

async function openSite(closing: Closing, address: string, environment?: Readonly<Record<string, string>>): Promise<Site> {
  const site = await startSite({ addresses: [address], ...(environment && { environment }) })
  closing(site.stop)
  return site
}

const hasRedis = !skipWithout('nginx', 'redis-server', 'redis-cli', 'cp')
const hasPostgres = !skipWithout('nginx', 'cp', ...postgresPrograms)

it.runIf(hasRedis)(
  'a Redis that was restored from an old backup keeps ended what its journal knows of',
  { timeout: 180_000, concurrent: true },
  async (context) => {
    const closing = closingOf(context)
    const [dataFolder, backup] = [join(await newFolder(closing), 'data'), join(await newFolder(closing), 'data')]
    await run('mkdir', [dataFolder])
    let redis = await startRedis({ dataFolder })
    closing(() => redis.stop())
    const journal = await startRedis()
    closing(journal.stop)
    const site = await openSite(closing, redis.url, { JOURNAL: journal.url })
    const [revoked, living] = await Promise.all([signInPatiently(site.origin, 'ada'), signInPatiently(site.origin, 'bob')])

    await redis.stop()
    await replaceFolder(backup, dataFolder)
    redis = await startRedis({ dataFolder, port: redis.port })
    await revoke(site, revoked)
    await redis.stop()
    await replaceFolder(dataFolder, backup)
    redis = await startRedis({ dataFolder, port: redis.port })

    expect([await knownState(site, revoked), await knownState(site, living)]).toEqual(['session_ended', 'active'])
  },
)

it.runIf(hasPostgres)(
  'a PostgreSQL that was restored from an old backup ends everybody when it is told to',
  { timeout: 180_000, concurrent: true },
  async (context) => {
    const closing = closingOf(context)
    const backup = join(await newFolder(closing), 'data')
    let postgres = await startPostgres()
    closing(() => postgres.stop())
    const dataFolder = await postgres.sql('SHOW data_directory')
    const site = await openSite(closing, postgres.url)
    const [revoked, living] = await Promise.all([signInPatiently(site.origin, 'ada'), signInPatiently(site.origin, 'bob')])

    await postgres.stop('SIGINT', { keep: true })
    await replaceFolder(backup, dataFolder)
    postgres = await postgres.restart()
    await revoke(site, revoked)
    await postgres.stop('SIGINT', { keep: true })
    await replaceFolder(dataFolder, backup)
    postgres = await postgres.restart()

    // Nothing can tell: this is why there is `single-state end-all`.
    expect(await knownState(site, revoked)).toBe('active')
    const operator = patiently(createCaller(site.origin, site.keys.operator))
    const answer = await operator({ method: 'DELETE', path: '/v1/sessions', body: { reason: 'restore', confirm: 'end-all' } })
    expect(answer?.status).toBe(200)
    expect([await knownState(site, revoked), await knownState(site, living)]).toEqual(['session_ended', 'session_ended'])
    expect(await knownState(site, await signInPatiently(site.origin, 'ada'))).toBe('active')
  },
)
