import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { checkAnswers } from './check-answers.ts'
import { answerOf, sampleSession } from './sample-session.ts'

const cookies = Array.from({ length: 20 }, (_, index) => `session=${'abcdefghij'.repeat(5)}${index}`)
const stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

async function listening(handler: RequestListener): Promise<number> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  stops.push(() => server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** An application that knows the cookies, and answers for another person where it is told to. */
function application(personOf: (index: number) => number, known: readonly string[] = cookies): RequestListener {
  return (request, response) => {
    const index = known.indexOf(request.headers.cookie ?? '')
    if (index === -1) return void response.writeHead(401).end()
    response.end(JSON.stringify(answerOf(sampleSession(personOf(index)))))
  }
}

describe('checkAnswers', () => {
  it('is content with an application that names the person of every cookie', async () => {
    const port = await listening(application((index) => index))
    await checkAnswers({ port, cookies }, 'the person of the cookie')
    await checkAnswers({ port, cookies }, 'the person of the cookie', 7)
  })

  it('refuses an answer for somebody else, and one that is not a success', async () => {
    const port = await listening(application((index) => (index === 13 ? 12 : index)))
    await expect(checkAnswers({ port, cookies }, 'the person of the cookie')).rejects.toThrow('cookie 13')
    const forgetful = await listening(application((index) => index, cookies.slice(0, -1)))
    await expect(checkAnswers({ port: forgetful, cookies }, 'the person of the cookie')).rejects.toThrow('cookie 19')
  })

  it('refuses an application that believes a cookie which was changed by hand', async () => {
    const trusting: RequestListener = (request, response) => {
      const index = Number(/\d+$/.exec(request.headers.cookie ?? '')?.[0])
      response.end(JSON.stringify(answerOf(sampleSession(index))))
    }
    const port = await listening(trusting)
    await expect(checkAnswers({ port, cookies }, 'the person of the cookie')).rejects.toThrow('changed by hand')
  })

  it('refuses an answer that sets a cookie: it did more than read', async () => {
    const known = application((index) => index)
    const port = await listening((request, response) => known(request, response.setHeader('set-cookie', 'session=next')))
    await expect(checkAnswers({ port, cookies }, 'the person of the cookie')).rejects.toThrow('sets a cookie')
  })
})
