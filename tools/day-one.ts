// The first day of somebody who has never seen this: an empty folder, the packages as they are published, and the commands and
// files of docs/getting-started.md, letter by letter, until the page says who has signed in. Ports 4400 and 3000 must be free.
//
//   node tools/bootstrap.mjs run node tools/day-one.ts
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createBrowser } from '../packages/gateway/test/browser.ts'
import { blocksOf } from './check-docs.ts'
import { workspacePackages } from './workspace-packages.ts'

const page = readFileSync('docs/getting-started.md', 'utf8')
const [setUp = [], [runApplication = ''] = []] = shellBlocksOf(page)
const files = new Map(blocksOf(page).map(({ file, text }) => [file, text.replace(/^\/\/ \S+\n/, '')]))
const handWritten = ['session.ts', 'app.ts']
const tarballs = new Map(workspacePackages().map(({ folder, manifest }) => [manifest.name, join(folder, 'package.tgz')]))
const [application, gateway] = ['http://localhost:3000', 'http://localhost:4400']
const started: ChildProcess[] = []

/** 20 s: a cold start on a busy machine takes two. */
const startDeadlineMs = 20_000

for (const origin of [application, gateway]) await expectFree(Number(new URL(origin).port))
const named = setUp
  .join(' ')
  .split(' ')
  .filter((word) => tarballs.has(word))
run('turbo', ['run', 'packed', ...named.map((name) => `--filter=${name}`), '--output-logs=errors-only'], process.cwd())
const folder = mkdtempSync(join(tmpdir(), 'single-state-day-one-'))
try {
  await walk()
} finally {
  for (const one of started) await stop(one)
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function walk(): Promise<void> {
  const [install = '', init = '', dev = ''] = setUp
  const beganAt = performance.now()
  run(...wordsOf(install), folder)
  const installedAt = performance.now()
  run(...wordsOf(init), folder)
  expect('contract.ts as on the page', readFileSync(join(folder, 'contract.ts'), 'utf8'), files.get('contract.ts'))
  for (const name of handWritten) writeFileSync(join(folder, name), files.get(name) ?? '')
  start(dev)
  await answering(`${gateway}/healthz`)
  start(runApplication)
  await answering(application)

  const browser = createBrowser()
  const signIn = await browser.open(application)
  expect('the sign-in page', new URL(signIn.url).origin, gateway)
  const home = await browser.submit(signIn, { subject: 'ada' })
  expect('the page', home.html, 'Hello ada, your roles are admin')
  report(beganAt, installedAt, performance.now())

  await checkTypes()
  const signOut = await browser.submit(await browser.open(`${gateway}/logout`))
  expect('the sign-out', signOut.status, 200)
  expect('the page after the sign-out', (await browser.open(application)).url.origin, gateway)
  await checkOutage()
}

/** What the page says under "Try what matters" of the compiler. */
async function checkTypes(): Promise<void> {
  const [install = ''] = /`(npm i -D [^`]+)`/.exec(page)?.slice(1) ?? []
  run(...wordsOf(install), folder)
  run('npx', ['tsc'], folder)
  const text = files.get('app.ts')?.replace('entitlements.roles', 'entitlements.plan') ?? ''
  writeFileSync(join(folder, 'app.ts'), text)
  const { status, stdout } = spawnSync('npx', ['tsc'], { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
  expect('the compiler on entitlements.plan', [status, /'plan' does not exist/.test(stdout)].join(), '1,true')
  console.log('tsc: the folder compiles; entitlements.plan, which the contract does not have, does not')
}

/** What the page says of an outage: unavailable is not signed out. */
async function checkOutage(): Promise<void> {
  const browser = createBrowser()
  await browser.submit(await browser.open(application), { subject: 'bob' })
  const [running] = started.splice(0, 1)
  if (running) await stop(running)
  // A lease may still hold for half a second: until then the application answers from its own memory.
  await wait(600)
  const away = await browser.open(application)
  expect('the page without the gateway', [away.status, away.headers.has('retry-after')].join(), '503,true')
  start(setUp[2] ?? '')
  await answering(`${gateway}/healthz`)
  // The application looks for its gateway four times a second.
  await wait(1_000)
  expect('the page after the outage', (await browser.open(application)).html, 'Hello bob, your roles are none')
  console.log('outage: 503 with Retry-After while the gateway is stopped, still signed in when it is back')
}

function report(beganAt: number, installedAt: number, endedAt: number): void {
  const seconds = (ms: number) => (ms / 1_000).toFixed(1)
  const lines = handWritten.flatMap((name) => (files.get(name) ?? '').split('\n').filter((line) => line.trim() !== ''))
  const made = readdirSync(folder).filter(
    (name) => !handWritten.includes(name) && !/^(node_modules|sessions\.db.*|package-lock\.json)$/.test(name),
  )
  console.log(
    `Hello ada, your roles are admin: ${seconds(endedAt - beganAt)} s from an empty folder, ${seconds(installedAt - beganAt)} s of them npm`,
  )
  console.log(`written by hand: ${handWritten.length} files (${handWritten.join(', ')}), ${lines.length} lines`)
  console.log(`written by the commands: ${made.sort().join(', ')}`)
}

/** The commands of each shell block, without comments. */
function shellBlocksOf(markdown: string): string[][] {
  const blocks = [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
  return blocks.map(([, text = '']) => text.split('\n').flatMap((line) => line.replace(/ +#.*$/, '').trim() || []))
}

/** A command and its arguments; packages of this repository are their tarballs. */
function wordsOf(command: string): [string, string[]] {
  const [name = '', ...words] = command.split(' ')
  return [name, words.map((word) => tarballs.get(word) ?? word)]
}

function run(command: string, parameters: readonly string[], cwd: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd, encoding: 'utf8', shell: process.platform === 'win32' })
  if (error) throw error
  if (status !== 0) throw new Error(`${[command, ...parameters].join(' ')} exited with ${status}\n${stdout}${stderr}`)
}

/** A group of its own, so that what `npx` has started can be stopped with it. */
function start(command: string): void {
  const [name, words] = wordsOf(command)
  started.push(spawn(name, words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'], detached: true }))
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null) return
  const gone = once(child, 'exit')
  process.kill(-child.pid, 'SIGTERM')
  await gone
}

async function answering(url: string): Promise<void> {
  const deadline = performance.now() + startDeadlineMs
  while (performance.now() < deadline) {
    const answer = await fetch(url, { redirect: 'manual' }).catch(() => null)
    if (answer && answer.status < 500) return
    await wait(50)
  }
  throw new Error(`${url} does not answer`)
}

async function expectFree(port: number): Promise<void> {
  const server = createServer().listen(port, 'localhost')
  await once(server, 'listening').catch(() => {
    throw new Error(`port ${port} is in use; the first page of the documentation needs it`)
  })
  server.close()
  await once(server, 'close')
}

function expect(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
}
