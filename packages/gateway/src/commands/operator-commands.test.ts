import { createServer } from 'node:http'
import { SessionError } from '@single-state/core/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { keyOf, openTestGateway } from '../fixtures/test-gateway.ts'
import { createTestTerminal, run } from '../fixtures/test-terminal.ts'
import { serveGateway } from '../serve.ts'
import { entryOf } from '../store-contract/bench.ts'
import { memoryStore } from '../stores/memory.ts'
import type { SessionStore } from '../stores/store.ts'
import { runCommand } from './run-command.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serving(overrides: Parameters<typeof openTestGateway>[0] = {}) {
  const gateway = await openTestGateway(overrides)
  const { port, close } = await serveGateway(gateway.gateway, { port: 0, hostname: '127.0.0.1' })
  closing.push(close)
  const origin = `http://127.0.0.1:${port}`
  const env = () => ({ SINGLE_STATE_GATEWAY: origin, SINGLE_STATE_OPERATOR_KEY: keyOf('admin'), SINGLE_STATE_KEY: keyOf('portal') })
  return { ...gateway, origin, close, env, asOperator: (argv: readonly string[]) => run(argv, { env: env() }) }
}

/** Makes so many audit records: one of a sign-in, the others of switches. */
async function withRecords(gateway: Awaited<ReturnType<typeof serving>>, count: number): Promise<{ token: string; id: string }> {
  const token = await gateway.signIn()
  let { headers, body } = await gateway.read(token)
  const { id } = body.document
  for (let at = 1; at < count; at++) {
    ;({ headers, body } = await gateway.update(token, headers.get('etag'), { 'context.tenant': `tenant-${at}` }))
  }
  return { token, id }
}

describe('single-state inspect', () => {
  it('shows a session, for people and for programs', async () => {
    const gateway = await serving()
    const { id } = await withRecords(gateway, 2)
    const shown = await gateway.asOperator(['inspect', id])
    expect(shown.code).toBe(0)
    expect(shown.out).toContain(`session     ${id}`)
    expect(shown.out).toContain('subject     ada of urn:single-state:development-people')
    expect(shown.out).toContain('state       active, version 2')
    expect(shown.out).toContain('token       generation 1, confirmed')
    expect(shown.out).toMatch(/\n\n\{\n {2}"id": "[\w-]{43}",\n {2}"version": 2,\n/)
    expect(shown.out).toMatch(/\n {2}"identity": \{\n {4}"subject": "ada",\n/)
    expect(shown.out).toMatch(/\n\}$/)
    const { document, state } = JSON.parse((await gateway.asOperator(['inspect', id, '--json'])).out)
    expect([document.identity.subject, state.version]).toEqual(['ada', 2])
    expect(document.context).toBeUndefined()
  })

  it('shows that a session has ended, and why', async () => {
    const gateway = await serving()
    const { token, id } = await withRecords(gateway, 1)
    await gateway.call('DELETE', '/v1/session', { as: 'portal', token, body: { reason: 'signed.out' } })
    expect((await gateway.asOperator(['inspect', id])).out).toContain('state       ended: revoked, version 1')
  })

  it('shows of what a document holds no line of its own', async () => {
    const gateway = await serving()
    const { id } = (await gateway.read(await gateway.signIn('ada\n}\nstate       ended'))).body.document
    const { out } = await gateway.asOperator(['inspect', '--', id])
    expect(out).toContain('"subject": "ada\\n}\\nstate       ended"')
    expect(out.split('\n').filter((line) => line.startsWith('state') || line.startsWith('}'))).toEqual([
      'state       active, version 1',
      '}',
    ])
  })

  it('exits with 1 for a session that nobody knows', async () => {
    const { asOperator } = await serving()
    const { code, out, err } = await asOperator(['inspect', 'A'.repeat(43)])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/the gateway answered 404 not_found: .* \(no session has this id: it was never there, or is over and swept\)$/)
  })

  it.each([[[]], [['one', 'two']]])('exits with 2 for %j', async (ids) => {
    expect((await run(['inspect', ...ids])).code).toBe(2)
  })
})

describe('single-state audit tail', () => {
  it('prints who changed what, when and why', async () => {
    const gateway = await serving()
    await withRecords(gateway, 2)
    const [first, second] = (await gateway.asOperator(['audit', 'tail'])).out.split('\n')
    expect(first).toMatch(/^1 2026-11-21T10:00:00.250Z create v0→v1 by gateway for .*ada: \S+ \(session [\w-]{22}\)$/)
    expect(second).toMatch(/^2 .* update context\.tenant v1→v2 by portal for .*ada: tenant\.switch \(session [\w-]{22}\)$/)
  })

  it.each([1, 19, 20, 21, 43])('prints the last 20 of %i records, oldest first', { timeout: 60_000 }, async (count) => {
    const gateway = await serving()
    await withRecords(gateway, count)
    const { out } = await gateway.asOperator(['audit', 'tail', '--json'])
    const seqs = out.split('\n').map((line) => JSON.parse(line).seq)
    const first = Math.max(1, count - 19)
    expect(seqs).toEqual(Array.from({ length: count - first + 1 }, (_, at) => first + at))
  })

  it('prints nothing of an empty audit, and everything after a number', async () => {
    const gateway = await serving()
    expect(await gateway.asOperator(['audit', 'tail'])).toEqual({ code: 0, out: '', err: '' })
    await withRecords(gateway, 23)
    expect((await gateway.asOperator(['audit', 'tail', '--after', '0'])).out.split('\n')).toHaveLength(23)
    expect((await gateway.asOperator(['audit', 'tail', '--after', '21'])).out.split('\n')).toHaveLength(2)
  })

  it('prints the records of one session alone', async () => {
    const gateway = await serving()
    const { id } = await withRecords(gateway, 2)
    await gateway.signIn('bob')
    expect((await gateway.asOperator(['audit', 'tail'])).out.split('\n')).toHaveLength(3)
    expect((await gateway.asOperator(['audit', 'tail', '--session', id])).out.split('\n')).toHaveLength(2)
    expect(await gateway.asOperator(['audit', 'tail', '--session', `-${'A'.repeat(42)}`])).toEqual({ code: 0, out: '', err: '' })
  })

  it('marks what was denied', async () => {
    const gateway = await serving()
    const token = await gateway.signIn()
    const { headers } = await gateway.read(token)
    await gateway.update(token, headers.get('etag'), { 'entitlements.roles': ['admin'] })
    expect((await gateway.asOperator(['audit', 'tail'])).out).toContain('DENIED update entitlements.roles by portal')
  })

  it('follows until it is asked to stop, each record once', async () => {
    const gateway = await serving()
    const { token } = await withRecords(gateway, 1)
    const stop = Promise.withResolvers<void>()
    const terminal = createTestTerminal({ env: gateway.env(), stopped: () => stop.promise })
    const third = Promise.withResolvers<void>()
    const out = (line: string) => {
      terminal.out(line)
      if (line.startsWith('3 ')) third.resolve()
    }
    const following = runCommand(['audit', 'tail', '--follow'], { ...terminal, out })
    await gateway.update(token, (await gateway.read(token)).headers.get('etag'))
    await gateway.signIn('bob')
    await third.promise
    stop.resolve()
    expect(await following).toBe(0)
    expect(
      terminal
        .shown()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(['1', '2', '3'])
  })

  it('exits with 2 for what is no id of a session, such as the hash that the records have', async () => {
    const gateway = await serving()
    await withRecords(gateway, 1)
    const [{ session: hash } = { session: '' }] = await gateway.audit()
    for (const wrong of [hash ?? '', 'ada', '']) {
      const { code, err } = await gateway.asOperator(['audit', 'tail', `--session=${wrong}`])
      expect([code, err]).toEqual([2, expect.stringContaining("--session: expected the 43 characters of a session's id")])
    }
  })

  it('says whose sessions somebody else has ended', async () => {
    const gateway = await serving()
    const { id } = await withRecords(gateway, 1)
    await gateway.asOperator(['revoke', '--', id])
    expect((await gateway.asOperator(['audit', 'tail', '--after', '1'])).out).toMatch(
      /^2 \S+ end v1→v1 of urn:single-state:development-people ada by admin for nobody: operator\.revoke \(session /,
    )
  })

  it.each(['-1', '1.5', 'x', ''])('exits with 2 for --after=%s', async (after) => {
    const { code, err } = await run(['audit', 'tail', `--after=${after}`])
    expect(code).toBe(2)
    expect(err).toContain('--after: expected a whole number')
  })
})

describe('single-state audit verify', () => {
  it('says that an audit has no gap', async () => {
    const gateway = await serving()
    await withRecords(gateway, 3)
    expect(await gateway.asOperator(['audit', 'verify'])).toEqual({ code: 0, out: '✓ 3 records, 1 living sessions: no gap', err: '' })
    expect(JSON.parse((await gateway.asOperator(['audit', 'verify', '--json'])).out)).toEqual({
      ok: true,
      records: 3,
      sessions: 1,
      faults: [],
    })
  })

  it('exits with 1 and names the records of one that has', async () => {
    const opened = await openTestGateway()
    const lossy = {
      ...opened.store,
      auditQuery: async (query: Parameters<typeof opened.store.auditQuery>[0]) =>
        (await opened.store.auditQuery(query)).filter(({ seq }) => seq !== 2),
    }
    const gateway = await serving({ store: lossy })
    await withRecords(gateway, 3)
    const { code, out } = await gateway.asOperator(['audit', 'verify'])
    expect(code).toBe(1)
    expect(out).toMatch(/^✗ record 3: /)
    expect(out).toMatch(/\n✗ 2 records, .*: the audit does not hold$/)
    expect((await gateway.asOperator(['audit', 'verify', '--json'])).code).toBe(1)
  })
})

describe('single-state audit verify of an audit in slices', () => {
  it('asks for 500 records at a time, and says on a terminal how far it is', async () => {
    const gateway = await serving()
    await withRefusals(gateway, 1_234)
    const shown: string[] = []
    const verified = await run(['audit', 'verify'], { env: gateway.env(), progress: (text) => void shown.push(text) })
    expect(verified).toEqual({ code: 0, out: '✓ 1234 records, 0 living sessions: no gap', err: '' })
    expect(shown).toEqual(['record 500 of 1234', 'record 1000 of 1234', ''])
    expect((await gateway.asOperator(['audit', 'verify', '--after', '1000'])).out).toContain('✓ 234 records')
  })

  it('exits with 3 where it was not told, and says from where it can go on', async () => {
    const { gateway, isAway } = await failing()
    await withRefusals(gateway, 1_234)
    isAway.after = 900
    expect(await gateway.asOperator(['audit', 'verify', '--json'])).toEqual({
      code: 3,
      out: '',
      err: expect.stringMatching(/^single-state audit verify: the gateway answered 503 .*; --after 500 goes on from there$/),
    })
    const { code, err } = await run(['audit', 'verify'], { env: { ...gateway.env(), SINGLE_STATE_OPERATOR_KEY: keyOf('portal') } })
    expect([code, err]).toEqual([3, expect.stringContaining('application_denied')])
    expect((await run(['audit', 'verify'])).code).toBe(3)
  })

  it('exits with 1 where it found something before it was told no more', async () => {
    const { gateway, isAway } = await failing()
    await withRefusals(gateway, 1_234)
    isAway.after = 900
    isAway.missing = 7
    const { code, out, err } = await gateway.asOperator(['audit', 'verify'])
    expect([code, out]).toEqual([1, expect.stringMatching(/^✗ record 8: expected sequence 7\n✗ 500 records/)])
    expect(err).toContain('--after 501 goes on from there')
  })

  async function withRefusals({ store }: Awaited<ReturnType<typeof serving>>, count: number): Promise<void> {
    for (let at = 0; at < count; at += 1) await store.appendAudit(entryOf('update', { outcome: 'denied' }))
  }

  /** A gateway whose store answers no page of the audit from a sequence on, and has lost a record. */
  async function failing() {
    const isAway = { after: Number.POSITIVE_INFINITY, missing: 0 }
    const inner = memoryStore()
    const auditQuery: SessionStore['auditQuery'] = async (query) => {
      const records = (await inner.auditQuery({ ...query, limit: query.limit + 1 })).filter(({ seq }) => seq !== isAway.missing)
      if ((records[query.limit - 1]?.seq ?? 0) > isAway.after) throw new SessionError('store_unavailable')
      return records.slice(0, query.limit)
    }
    return { gateway: await serving({ store: { ...inner, auditQuery } }), isAway }
  }
})

describe('commands that ask a running gateway', () => {
  const asking = ['audit', 'tail', '--after', '0']

  it('need an address and a key, and name where they come from', async () => {
    expect((await run(asking)).err).toContain('SINGLE_STATE_GATEWAY or --gateway')
    expect((await run([...asking, '--gateway', 'localhost'])).err).toContain('SINGLE_STATE_GATEWAY or --gateway')
    const { code, err } = await run([...asking, '--gateway', 'http://localhost:1'])
    expect([code, err]).toEqual([1, expect.stringContaining('SINGLE_STATE_OPERATOR_KEY or --key')])
  })

  it("do not send the operator's key in plain text over a network", async () => {
    const { code, err } = await run([...asking, '--gateway', 'http://session.example.com', '--key', keyOf('admin')])
    expect(code).toBe(1)
    expect(err).toBe("single-state audit tail: expected https for session.example.com: the operator's key would travel unencrypted")
  })

  it('take address and key as options before the environment', async () => {
    const { origin } = await serving()
    const env = { SINGLE_STATE_GATEWAY: 'http://localhost:1', SINGLE_STATE_OPERATOR_KEY: keyOf('portal') }
    expect((await run([...asking, '--gateway', origin, '--key', keyOf('admin')], { env })).code).toBe(0)
  })

  it('say what an application that is no operator would need', async () => {
    const { env } = await serving()
    const { code, err } = await run(asking, { env: { ...env(), SINGLE_STATE_OPERATOR_KEY: keyOf('portal') } })
    expect(code).toBe(1)
    expect(err).toContain("application_denied: The application is not granted this operation; the contract grants it with operates: 'all'")
  })

  it('show a wrong key to nobody', async () => {
    const { env } = await serving()
    const wrong = `ss_admin_${'x'.repeat(43)}`
    const { code, out, err } = await run(asking, { env: { ...env(), SINGLE_STATE_OPERATOR_KEY: wrong } })
    expect(code).toBe(1)
    expect(err).toContain('401 application_unknown')
    expect(out + err).not.toContain(wrong)
  })

  it('say that a gateway is away', async () => {
    const { close, origin, asOperator } = await serving()
    await close()
    expect(await asOperator(asking)).toEqual({
      code: 1,
      out: '',
      err: `single-state audit tail: ${origin} cannot be reached (ECONNREFUSED)`,
    })
  })

  it.each([
    ['{"ok":true}', 'answers, but not as a gateway of this release'],
    ['<html>', 'answers, but not as a gateway of this release'],
  ])('say that %s is no answer of a gateway', async (text, said) => {
    const server = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    closing.push(() => new Promise((resolve) => server.close(resolve)))
    const { port } = server.address() as { port: number }
    const { code, err } = await run([...asking, '--gateway', `http://127.0.0.1:${port}`, '--key', keyOf('admin')])
    expect(code).toBe(1)
    expect(err).toContain(said)
  })
})
