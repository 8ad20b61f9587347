import { setTimeout as pause } from 'node:timers/promises'
import { answerOf, sampleSession } from './sample-session.ts'

/** An application that is about to be loaded, or has been. */
export interface Checked {
  readonly port: number
  readonly cookies: readonly string[]
}

/** What every answer has to show: the person of its cookie, or the same for all from a handler that knows nobody. */
export type Expected = 'the person of the cookie' | 'the same for all'

/** Requests under way at once. */
const lanes = 16

/** Cookies that are changed by hand and must be refused. */
const forged = 8

/**
 * Asks once with each of the cookies, or with every `step`th, and compares what comes back; then with cookies that were
 * changed by hand. Before a load this also fills what caches there are.
 *
 * @throws Error that names the first cookie whose answer is not that of its session.
 */
export async function checkAnswers({ port, cookies }: Checked, expected: Expected, step = 1): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let index = next; index < cookies.length; index = next) {
      next += step
      const person = expected === 'the same for all' ? 0 : index
      await checkOne(port, cookies[index] ?? '', index, JSON.stringify(answerOf(sampleSession(person))))
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  if (expected === 'the same for all') return
  for (const cookie of cookies.slice(0, forged)) await checkForged(port, cookie)
}

async function checkOne(port: number, cookie: string, index: number, wanted: string): Promise<void> {
  let answer = await ask(port, cookie)
  // No load is on yet, but the machine may be busy with something else; asked again, a variant has to answer.
  for (let again = 0; answer.status === 503 && again < 20; again += 1) {
    await answer.body?.cancel()
    await pause(250)
    answer = await ask(port, cookie)
  }
  const body = await answer.text()
  if (answer.status !== 200 || body !== wanted) {
    throw new Error(`cookie ${index}: expected 200 and ${wanted}, found ${answer.status} and ${body.slice(0, 200)}`)
  }
  // A cookie that comes of age under load would be another piece of work than reading, and wrk keeps no cookies.
  if (answer.headers.has('set-cookie')) throw new Error(`cookie ${index}: expected a read, found an answer that sets a cookie`)
}

async function checkForged(port: number, cookie: string): Promise<void> {
  const answer = await ask(port, changed(cookie))
  await answer.body?.cancel()
  if (answer.status === 200) throw new Error('expected a cookie that was changed by hand to be refused, found 200')
}

function ask(port: number, cookie: string): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/`, { headers: { cookie }, redirect: 'manual', signal: AbortSignal.timeout(10_000) })
}

/** Each value of the header with one letter in its middle exchanged for another. */
function changed(cookie: string): string {
  return cookie.replace(/=([^;]+)/g, (_, value: string) => {
    const middle = value.search(/(?<=.{20})[A-Za-z](?=.{10})/)
    return `=${value.slice(0, middle)}${value[middle] === 'a' ? 'b' : 'a'}${value.slice(middle + 1)}`
  })
}
