import { afterEach, describe, expect, it } from 'vitest'
import { issuer, keyOf, openTestGateway } from '../fixtures/test-gateway.ts'
import { run } from '../fixtures/test-terminal.ts'
import { serveGateway } from '../serve.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

async function serving() {
  const gateway = await openTestGateway()
  const { port, close } = await serveGateway(gateway.gateway, { port: 0, hostname: '127.0.0.1' })
  closing.push(close)
  const env = { SINGLE_STATE_GATEWAY: `http://127.0.0.1:${port}`, SINGLE_STATE_OPERATOR_KEY: keyOf('admin') }
  const asOperator = (argv: readonly string[], ask: () => Promise<string | null> = async () => null) => run(argv, { env, ask })
  const idOf = async (token: string): Promise<string> => (await gateway.read(token)).body.document.id
  const statuses = (...tokens: string[]) => Promise.all(tokens.map(async (token) => (await gateway.read(token)).status))
  return { ...gateway, env, asOperator, idOf, statuses }
}

describe('single-state revoke', () => {
  it('ends one session, and prints what the receipt says', async () => {
    const gateway = await serving()
    const [token, other] = [await gateway.signIn(), await gateway.signIn()]
    const id = await gateway.idOf(token)
    const { code, out } = await gateway.asOperator(['revoke', id, '--reason', 'device.lost'])
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      'ended       1 session',
      expect.stringMatching(/^committed {3}2026-11-21T10:00:00.250Z$/),
      expect.stringMatching(/^everywhere {2}(at once|by 2026-)/),
      'durability  memory: it is lost with the process of the store',
    ])
    expect(await gateway.statuses(token, other)).toEqual([401, 200])
    expect((await gateway.audit()).at(-1)).toMatchObject({ operation: 'end', application: 'admin', reason: 'device.lost' })
    expect((await gateway.asOperator(['revoke', id])).out).toMatch(/^ended {7}nothing: it was over already\n/)
    expect(JSON.parse((await gateway.asOperator(['revoke', id, '--json'])).out)).toMatchObject({
      ended: 0,
      receipt: { durability: 'memory' },
    })
  })

  it('says and counts nothing of what had run out, and ends it for good', async () => {
    const gateway = await serving()
    const [first, second] = [await gateway.idOf(await gateway.signIn()), await gateway.idOf(await gateway.signIn())]
    gateway.advance(31 * 60_000)
    expect((await gateway.asOperator(['revoke', '--', first])).out).toMatch(/^ended {7}nothing: it was over already\n/)
    expect(JSON.parse((await gateway.asOperator(['revoke', '--json', '--subject', issuer, 'ada'])).out)).toMatchObject({ ended: 0 })
    const { records } = await gateway.store.read([first, second])
    expect(records.map((record) => record?.ended)).toEqual(['expired', 'expired'])
    expect((await gateway.call('GET', '/metrics', { as: 'admin' })).body).not.toContain('single_state_ends_total{why="revoked"}')
  })

  it('ends everything of a person, a sign-in under way included', async () => {
    const gateway = await serving()
    const tokens = [await gateway.signIn(), await gateway.signIn(), await gateway.signIn('bob')]
    const { endings } = await gateway.store.health()
    expect((await gateway.asOperator(['revoke', '--subject', issuer, 'ada'])).out).toMatch(/^ended {7}2 sessions\n/)
    expect(await gateway.statuses(...tokens)).toEqual([401, 401, 200])
    expect((await gateway.store.health()).endings).toBe(endings + 1)
    expect((await gateway.audit()).at(-1)).toMatchObject({ reason: 'operator.revoke' })
  })

  it('ends nobody for a name that would lead out of its path, to the sessions of everybody', async () => {
    const gateway = await serving()
    const token = await gateway.signIn()
    const { code, err } = await gateway.asOperator(['revoke', '--subject', '.', '..'])
    expect([code, err]).toEqual([1, 'single-state revoke: issuer: expected a name that a path can carry, found "."'])
    expect((await gateway.asOperator(['revoke', '..'])).code).toBe(1)
    expect(await gateway.statuses(token)).toEqual([200])
  })

  it("ends a person's other sessions and leaves this one", async () => {
    const gateway = await serving()
    const tokens = [await gateway.signIn(), await gateway.signIn(), await gateway.signIn(), await gateway.signIn('bob')]
    const id = await gateway.idOf(tokens[1] as string)
    expect((await gateway.asOperator(['revoke', '--others', id])).out).toMatch(/^ended {7}2 sessions\n/)
    expect(await gateway.statuses(...tokens)).toEqual([401, 200, 401, 200])
  })

  it('says so where a person has no session, or no other', async () => {
    const gateway = await serving()
    const id = await gateway.idOf(await gateway.signIn())
    for (const args of [
      ['--others', id],
      ['--subject', issuer, 'nobody'],
    ]) {
      expect((await gateway.asOperator(['revoke', ...args])).out).toMatch(/^ended {7}nothing: there was no such session\n/)
    }
  })

  it.each([
    [[]],
    [['one', 'two']],
    [['--subject', 'issuer-alone']],
    [['--subject', 'i', 's', 'more']],
    [['--subject', '--others', 'i', 's']],
    [['--others']],
    [['one', '--reason', 'Not A Code']],
  ])('exits with 2 for %j', async (args) => {
    const { code, err } = await run(['revoke', ...args])
    expect(code).toBe(2)
    expect(err).toContain('usage: single-state revoke')
  })

  it('exits with 1 for a session that nobody knows', async () => {
    const { code, out, err } = await (await serving()).asOperator(['revoke', 'A'.repeat(43)])
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain('404 not_found')
  })
})

describe('single-state end-all', () => {
  it('asks first, and ends nothing for any other answer', async () => {
    const gateway = await serving()
    const tokens = [await gateway.signIn(), await gateway.signIn('bob')]
    for (const answer of ['', 'y', 'yes', 'END-ALL']) {
      const { code, err } = await gateway.asOperator(['end-all'], async () => answer)
      expect([code, err]).toEqual([1, 'single-state end-all: nothing was ended'])
    }
    expect(await gateway.asOperator(['end-all'])).toMatchObject({ code: 1, err: expect.stringContaining('--yes goes on without') })
    expect(await gateway.statuses(...tokens)).toEqual([200, 200])
    const questions: string[] = []
    const { code, out } = await run(['end-all'], {
      env: gateway.env,
      ask: async (...[question]: string[]) => {
        questions.push(question ?? '')
        return 'end-all'
      },
    })
    expect([code, questions]).toEqual([0, [expect.stringContaining('signs everybody out')]])
    expect(out).toMatch(/^ended {7}everybody's sessions\ncommitted /)
    expect(await gateway.statuses(...tokens)).toEqual([401, 401])
    expect((await gateway.audit()).at(-1)).toMatchObject({ operation: 'end_all', reason: 'operator.end-all', application: 'admin' })
  })

  it('does not ask a program that says yes', async () => {
    const gateway = await serving()
    const token = await gateway.signIn()
    const { code, out } = await gateway.asOperator(['end-all', '--yes', '--reason', 'keys.stolen', '--json'])
    expect([code, JSON.parse(out)]).toEqual([0, { receipt: expect.objectContaining({ durability: 'memory' }) }])
    expect(await gateway.statuses(token)).toEqual([401])
    expect((await gateway.audit()).at(-1)).toMatchObject({ reason: 'keys.stolen' })
  })
})
