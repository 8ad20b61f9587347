import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresPrograms, startPostgres } from '../../../../tools/servers/postgres-server.ts'
import { skipWithout } from '../../../../tools/servers/server-process.ts'
import { run } from '../fixtures/test-terminal.ts'
import { postgresStore } from '../postgres.ts'

describe('single-state migrate', () => {
  it('prints the SQL for the schema that the address names, and touches nothing', async () => {
    const { code, out } = await run(['migrate', '--print', '--store', 'postgres://gateway:secret@127.0.0.1:1/sessions?schema=ours'])
    expect(code).toBe(0)
    expect(out).toMatch(/^BEGIN;\n\nCREATE SCHEMA IF NOT EXISTS ours;[\s\S]*CREATE TABLE sessions[\s\S]*COMMIT;$/)
    expect(out).not.toContain('secret')
  })

  it.each([
    ['sqlite:./sessions.db', "expected 'postgres://…'"],
    ['postgres://gateway:secret@127.0.0.1:1/sessions?schema=Ours!', 'url: expected a schema of small letters, digits and _, found "Ours!"'],
    ['postgres://gateway:secret@127.0.0.1:1/sessions', '127.0.0.1:1/sessions'],
  ])('says what is wrong with %s, without a password', async (store, why) => {
    const { code, err } = await run(['migrate', '--store', store])
    expect(code).toBe(1)
    expect(err).toContain(why)
    expect(err).not.toContain('secret')
  })
})

describe.skipIf(skipWithout(...postgresPrograms))('single-state migrate, on a PostgreSQL', { timeout: 60_000 }, () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres({ fsync: false })
  }, 60_000)
  afterAll(() => server.stop(), 60_000)

  it('makes a database ready, once', async () => {
    const url = await server.newDatabase()
    await expect(postgresStore({ url })).rejects.toThrow("run 'single-state migrate'")
    expect(await run(['migrate', '--store', url, '--json'])).toMatchObject({
      code: 0,
      out: '{"applied":["0001-sessions","0002-beside-another-store","0003-readers","0004-audit-sink-key"]}',
    })
    expect(await run(['migrate', '--store', url])).toMatchObject({ code: 0, out: 'nothing to do: the schema is that of this release' })
    await (await postgresStore({ url })).close()
  })

  it('prints what does the same by other means', async () => {
    const url = await server.newDatabase()
    const { out } = await run(['migrate', '--print', '--store', url])
    await server.sql(out, new URL(url).pathname.slice(1))
    expect((await run(['migrate', '--store', url, '--json'])).out).toBe('{"applied":[]}')
    const store = await postgresStore({ url })
    expect((await store.health()).seq).toBe(0)
    await store.close()
  })
})
