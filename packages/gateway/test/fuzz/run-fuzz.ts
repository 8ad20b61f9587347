import { keyOf, origin, type Received } from '../../src/fixtures/test-gateway.ts'
import { type Answered, type DescribedAnswers, decoded, describedAnswers } from './described-answers.ts'
import { bodyOf, type Draft, requestOf } from './draft.ts'
import { createDraw, type Draw } from './draw.ts'
import { type FuzzProvider, type FuzzScene, openFuzzProvider, openFuzzScene } from './fuzz-scene.ts'
import { leakOf, logFault, type Shown } from './leaks.ts'
import { mutate } from './mutate.ts'
import { validDraft } from './valid-drafts.ts'

/** What to do. */
export interface FuzzOptions {
  readonly requests: number
  /** The first round has this seed, each next one the next. */
  readonly seed: number
  readonly onRound?: (line: string) => void
}

/** What was seen. */
export interface FuzzFigures {
  readonly requests: number
  /** What no `Request` can be made of; not counted among the others. */
  readonly unsendable: number
  readonly statuses: Readonly<Record<string, number>>
  /** Kinds of requests that were answered with 2xx or 3xx at least once. */
  readonly welcome: readonly string[]
  readonly sessions: number
}

/** A gateway is as old as this many requests; a round that fails comes back with its own seed, in seconds. */
const roundRequests = 5_000

/**
 * Sends a gateway requests that are nearly right, and looks at every answer and every line of the log.
 *
 * @throws Error that names the seed, the request and what is wrong.
 */
export async function runFuzz({ requests, seed, onRound = () => undefined }: FuzzOptions): Promise<FuzzFigures> {
  const tally = { requests: 0, unsendable: 0, sessions: 0, statuses: {} as Record<string, number>, welcome: new Set<string>() }
  const provider = await openFuzzProvider()
  try {
    for (let round = 0; tally.requests < requests; round += 1) {
      const count = Math.min(roundRequests, requests - tally.requests)
      await runRound({ seed: seed + round, count, provider, tally })
      onRound(
        `${tally.requests} requests, ${Object.entries(tally.statuses)
          .map(([status, times]) => `${status}: ${times}`)
          .join(', ')}`,
      )
    }
  } finally {
    provider.close()
  }
  return { ...tally, welcome: [...tally.welcome].sort() }
}

interface Round {
  readonly seed: number
  readonly count: number
  readonly provider: FuzzProvider
  readonly tally: {
    requests: number
    unsendable: number
    sessions: number
    readonly statuses: Record<string, number>
    readonly welcome: Set<string>
  }
}

async function runRound({ seed, count, provider, tally }: Round): Promise<void> {
  const draw = createDraw(seed)
  const scene = await openFuzzScene(draw, provider)
  const described = describedAnswers((await scene.call('GET', '/openapi.json')).body)
  for (let at = 0; at < 6; at += 1) await scene.signInSomebody()
  for (let at = 0; at < count; ) {
    await moveOn(draw, scene)
    const draft = await validDraft(draw, scene)
    mutate(draft, draw, scene)
    draft.text = bodyOf(draft) ?? null
    const request = requestOf(draft, origin)
    if (!request) {
      tally.unsendable += 1
      continue
    }
    at += 1
    const { answer, fault } = await send({ request, draft, draw, scene, described })
    if (fault)
      throw new Error(
        `${fault}\nseed ${seed}, request ${at}: ${describe(draft, request)}\nanswer ${answer.status}: ${answer.text.slice(0, 500)}`,
      )
    tally.requests += 1
    tally.statuses[answer.status] = (tally.statuses[answer.status] ?? 0) + 1
    if (answer.status < 400) tally.welcome.add(draft.kind)
  }
  await checkEnd(seed, scene)
  tally.sessions += scene.subjects.size
  await scene.gateway.close()
}

/** Time passes, and people sign in: else there would soon be nobody left to sign out. */
async function moveOn(draw: Draw, scene: FuzzScene): Promise<void> {
  if (draw.once(10)) await scene.signInSomebody()
  if (draw.once(30)) scene.advance(draw.pick([10, 1_000, 1_000, 5_000, 12_000]))
  if (draw.once(250)) scene.advance(draw.pick([160_000, 160_000, 301_000, 1_900_000]))
}

interface Sending {
  readonly request: Request
  readonly draft: Draft
  readonly draw: Draw
  readonly scene: FuzzScene
  readonly described: DescribedAnswers
}

async function send({ request, draft, draw, scene, described }: Sending): Promise<{ answer: Answered; fault: string | null }> {
  const { pathname } = new URL(request.url)
  const shown = shownBy(request, draft, scene)
  // Wrong keys are counted by address: one that has shown too many must not hide what the others would be told.
  const response = await scene.gateway.fetch(request, { address: `10.0.${draw.below(40)}.${draw.below(200)}` })
  const answer = { status: response.status, headers: response.headers, text: await response.text() }
  const fault = faultOf({ method: draft.method, pathname }, answer, shown) ?? logFault(scene.takeLines(), scene.subjects)
  await learnFrom(draft, answer, scene)
  return { answer, fault }

  function faultOf(asked: { method: string; pathname: string }, given: Answered, by: Shown): string | null {
    if (given.status >= 500 && given.status !== 503) return `status ${given.status}`
    if (!given.headers.get('cache-control')?.includes('no-store')) return 'an answer that may be stored'
    // `Request` writes some methods in capitals, as browsers do.
    return described({ ...asked, method: request.method }, given) ?? leakOf(by, given, scene.subjects)
  }
}

function shownBy(request: Request, draft: Draft, { subjects, issued }: FuzzScene): Shown {
  const body = bodyOf(draft)
  const headers = [...request.headers].map((header) => header.join(': ')).join('\n')
  const text = `${request.url}\n${headers}\n${typeof body === 'string' ? body : ''}`
  const pathname = decoded(new URL(request.url).pathname)
  const shownTokens = text.match(/eyJ[\w-]+\.[\w-]+\.[\w-]+/g) ?? []
  const own = new Set(shownTokens.flatMap((token) => issued.get(token) ?? []))
  const people = new Set([...own].map((id) => subjects.get(id)))
  // The person's other sessions are theirs to see.
  const others = pathname.includes('/others') ? [...subjects].filter(([, subject]) => people.has(subject)).map(([id]) => id) : []
  return { text, pathname, ids: new Set([...own, ...others]), byOperator: headers.includes(`Bearer ${keyOf('admin')}`) }
}

/** Takes successors, tags and logins from good answers, so that the next requests get further. */
async function learnFrom(draft: Draft, { status, headers, text }: Answered, scene: FuzzScene): Promise<void> {
  const location = headers.get('location')
  const [cookie] = headers.getSetCookie()
  const known = scene.tokens.find(({ token }) => draft.headers.some(([, value]) => value.includes(token)))
  if (status === 200 && draft.kind === 'exchangeToken' && text.startsWith('{"token":"')) await scene.learn(JSON.parse(text).token)
  const etag = headers.get('etag')
  if (known && etag) scene.tags.set(known.id, etag)
  if (status !== 302 || !location) return
  const url = new URL(location, origin)
  const state = url.searchParams.get('state') ?? ''
  if (draft.kind === 'login' && cookie) {
    if (scene.logins.length > 4) scene.logins.shift()
    scene.logins.push({ cookie: cookie.split(';', 1)[0] ?? '', state, code: null })
  }
  const login = scene.logins.find((one) => one.state === state)
  if (draft.kind === 'development' && login) login.code = url.searchParams.get('code')
  if (draft.kind === 'callback' && cookie?.startsWith('__Host-session=ey')) await scene.learn(cookie.slice(15).split(';', 1)[0] ?? '')
}

/** After all that it still answers who means well, and its audit holds. */
async function checkEnd(seed: number, scene: FuzzScene): Promise<void> {
  const token = await scene.signIn('ada')
  const read = await scene.read(token)
  if (read.status !== 200) throw new Error(`after the round of seed ${seed}: a read is ${read.status}`)
  for (let after: number | null = 0; after !== null; ) {
    const { body }: Received = await scene.call('GET', `/v1/audit/verify?after=${after}`, { as: 'admin' })
    if (body.ok !== true) throw new Error(`after the round of seed ${seed}: the audit ${JSON.stringify(body)}`)
    after = body.next
  }
}

function describe(draft: Draft, request: Request): string {
  const { kind, headers } = draft
  const shownHeaders = headers.map(([name, value]) => `${name}: ${value.slice(0, 200)}`).join('\n  ')
  return `${kind}: ${request.method} ${request.url.slice(0, 300)}\n  ${shownHeaders}\n  ${String(bodyOf(draft)).slice(0, 500)}`
}
