import { request } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../../tools/servers/server-process.ts'
import { createBrowser } from './browser.ts'
import { type CommandProcess, runProcess, startCommand } from './command-process.ts'
import { createProjectFolder, type ProjectFolder } from './project-folder.ts'

// Real processes in folders of their own: what a person types on the first day, and what a machine does to them later.

const folders: ProjectFolder[] = []
const processes: CommandProcess[] = []

afterEach(async () => {
  for (const one of processes.splice(0)) {
    one.kill('SIGKILL')
    await one.ended
  }
  for (const folder of folders.splice(0)) folder.remove()
})

function emptyFolder(files: Readonly<Record<string, string>> = {}): ProjectFolder {
  const folder = createProjectFolder()
  folders.push(folder)
  folder.write({ 'package.json': '{ "type": "module" }', ...files })
  return folder
}

function start(folder: ProjectFolder, args: readonly string[], env?: NodeJS.ProcessEnv): CommandProcess {
  const started = startCommand(folder.path, args, env)
  processes.push(started)
  return started
}

/** A folder after `init`, and its gateway. */
async function developing() {
  const folder = emptyFolder()
  expect((await runProcess(folder.path, ['init'])).code).toBe(0)
  const port = await freePort()
  const dev = start(folder, ['dev', '--port', String(port)])
  await dev.line(/^Ctrl-C/)
  return { folder, dev, port, origin: `http://localhost:${port}` }
}

/** Signs in on the development page and answers the session token. */
async function signIn(origin: string, subject = 'ada'): Promise<string> {
  const browser = createBrowser()
  const home = await browser.submit(await browser.open(`${origin}/login`), { subject })
  expect(home.status).toBe(200)
  return browser.jar.valueOf(origin, '__Host-session') ?? ''
}

function keyIn(folder: ProjectFolder): string {
  return /^SINGLE_STATE_KEY=(.+)$/m.exec(folder.read('.env'))?.[1] ?? ''
}

describe('the first day', () => {
  it('goes from init through dev to a session, and says where to sign in without any secret', { timeout: 60_000 }, async () => {
    const { folder, dev, origin } = await developing()
    const key = keyIn(folder)
    const token = await signIn(origin)
    const headers = { Authorization: `Bearer ${key}`, 'Session-Token': token, 'Contract-Revision': '1' }
    const { document } = (await (await fetch(`${origin}/v1/session`, { headers })).json()) as { document: Record<string, unknown> }
    expect(document).toMatchObject({ version: 1, identity: { subject: 'ada' }, entitlements: { roles: ['admin'] } })

    const said = dev.out.join('\n')
    expect(said).toContain(`sign in            ${origin}/login`)
    expect(said).toContain(`SINGLE_STATE_GATEWAY=${origin} and SINGLE_STATE_KEY=<key>`)
    expect(said).toMatch(/^\d\d:\d\d:\d\d {2}GET \/v1\/session 200 \d+ ms portal$/m)
    const secret = /^SINGLE_STATE_SECRET=(.+)$/m.exec(folder.read('.env'))?.[1] ?? ''
    for (const hidden of [key, secret, token]) expect(said).not.toContain(hidden)
    expect(dev.err).toEqual([])

    const refused = await runProcess(folder.path, ['audit', 'tail', '--gateway', origin])
    expect(refused.err).toContain("the contract grants it with operates: 'all'")
  })

  it('answers what is under way when it is told to stop, and takes nothing new', { timeout: 60_000 }, async () => {
    const { folder, dev, origin } = await developing()
    const body = JSON.stringify({ reads: [{ token: await signIn(origin) }] })
    const headers = { Authorization: `Bearer ${keyIn(folder)}`, 'Contract-Revision': '1', 'Content-Type': 'application/json' }
    const sent = request(`${origin}/v1/reads`, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': body.length, Expect: '100-continue' },
    })
    const answer = new Promise<number | undefined>((resolve, reject) => {
      sent.once('response', ({ statusCode }) => resolve(statusCode))
      sent.once('error', reject)
    })
    const underWay = new Promise((resolve) => sent.once('continue', resolve))
    sent.write(body.slice(0, 10))
    await underWay
    dev.kill('SIGTERM')
    await dev.line(/^stopping/)
    await expect(fetch(`${origin}/healthz`)).rejects.toThrow()
    sent.end(body.slice(10))
    expect(await answer).toBe(200)
    expect(await dev.ended).toBe(0)
  })
})

describe('a gateway that cannot start', () => {
  it('names the port that is in use, and the way round', { timeout: 60_000 }, async () => {
    const { folder, port } = await developing()
    const { code, err } = await runProcess(folder.path, ['gateway', '--host', 'localhost', '--port', String(port), '--store', 'memory'])
    expect(code).toBe(1)
    expect(err).toBe(
      `single-state gateway: cannot listen on localhost:${port}: the port is in use; stop what listens there, or choose another with --port`,
    )
    const again = await runProcess(folder.path, ['gateway', '--port', '0'])
    expect(again.code).toBe(1)
    expect(again.err).toMatch(/^single-state gateway: store sqlite:.*: expected to be alone with the file/)
  })

  it('says what is missing in an empty folder', async () => {
    const folder = emptyFolder()
    const { code, out, err } = await runProcess(folder.path, ['dev'])
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(`single-state dev: expected gateway.config.ts or gateway.config.js in ${folder.path}; 'single-state init' writes one`)
    expect((await runProcess(folder.path, ['dev', '--config', 'other.ts'])).err).toBe('single-state dev: other.ts does not exist')
  })

  it('names the option that is wrong and the fix, without a stack', { timeout: 60_000 }, async () => {
    const folder = emptyFolder()
    await runProcess(folder.path, ['init'])
    const config = folder.read('gateway.config.ts')
    const saying = async (text: string, env?: NodeJS.ProcessEnv) => {
      folder.write({ 'gateway.config.ts': text })
      const { code, out, err } = await runProcess(folder.path, ['gateway', '--port', '0'], env)
      expect([code, out]).toEqual([1, ''])
      return err
    }
    expect(await saying(config.replace('process.env.PORTAL_KEY', 'undefined'))).toBe(
      "single-state gateway: applications.portal.key: expected a key; make one with 'single-state keys create portal'",
    )
    expect(await saying(config.replace("origin: 'http://localhost:4400'", "origin: 'http://session.example.com'"))).toMatch(
      /^single-state gateway: origin: expected https, .*$/,
    )
    expect(await saying(config, { SINGLE_STATE_SECRET: 'short' })).toMatch(
      /^single-state gateway: secret: expected 32 .*SINGLE_STATE_SECRET$/,
    )
    expect(await saying(config, { NODE_ENV: 'production' })).toMatch(/^single-state gateway: idp: developmentPeople .*$/)
    expect(await saying(config.replace('export default', 'export const gateway ='))).toBe(
      "single-state gateway: gateway.config.ts: expected 'export default defineGateway({ … })'",
    )
    expect(await saying(`${config}\nthrow new TypeError('of my own')\n`)).toMatch(
      /^single-state gateway: gateway\.config\.ts:\d+: of my own$/,
    )
    expect(await saying(config.replace("'./contract.ts'", "'./contrat.ts'"))).toMatch(
      /^single-state gateway: .*Cannot find module .*contrat\.ts/,
    )
  })

  it('does not develop in production, nor for other machines', { timeout: 60_000 }, async () => {
    const folder = emptyFolder()
    await runProcess(folder.path, ['init'])
    expect((await runProcess(folder.path, ['dev'], { NODE_ENV: 'production' })).err).toBe(
      "single-state dev: NODE_ENV is production; use 'single-state gateway'",
    )
    folder.write({ 'gateway.config.ts': folder.read('gateway.config.ts').replace('http://localhost:4400', 'https://session.example.com') })
    expect((await runProcess(folder.path, ['dev'])).err).toMatch(/^single-state dev: https:\/\/session\.example\.com is not this machine/)
  })
})

describe('single-state gateway', () => {
  it('writes nothing but its log to standard output, and its start to the other', { timeout: 60_000 }, async () => {
    const folder = emptyFolder()
    await runProcess(folder.path, ['init'])
    const gateway = start(folder, ['gateway', '--host', 'localhost', '--port', '0', '--store', 'memory'])
    const port = / on localhost:(\d+)/.exec(await gateway.line(/^listening/))?.[1]
    expect((await fetch(`http://localhost:${port}/healthz`)).status).toBe(200)
    gateway.kill('SIGINT')
    expect(await gateway.ended).toBe(0)
    expect(gateway.out.map((line) => JSON.parse(line).route)).toEqual(['/healthz'])
    expect(gateway.err).toContain('store memory: an acknowledged change is lost with the process')
    expect(gateway.err.at(-1)).toMatch(/^stopping/)
  })
})
