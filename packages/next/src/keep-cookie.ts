import type { HeaderChanges, RequestHead } from '@single-state/core/adapter'
import { cookies } from 'next/headers.js'
import { NextResponse } from 'next/server.js'

/** What keeping needs of a place. */
interface Kept {
  readonly session: { headersFor(): HeaderChanges | null }
  readonly head: RequestHead
}

/**
 * Hands the session's cookie to Next.js, for an answer that is not ours.
 *
 * Only an answer to an unsafe method gets a successor: a page cannot write it, and a `GET` handler may make its answer
 * cacheable later on. A successor that is dropped is made again at the next request; a sign-out must not get lost.
 *
 * @throws Error of Next.js when a page signs out: that belongs in an action or a handler.
 */
export async function keepCookie({ session, head }: Kept): Promise<void> {
  const setCookie = session.headersFor()?.setCookie
  const [cookie] = setCookie ? new NextResponse(null, { headers: { 'set-cookie': setCookie } }).cookies.getAll() : []
  if (!setCookie || !cookie) return
  const jar = await cookies()
  if (/; Max-Age=0$/.test(setCookie)) jar.delete(cookie)
  else if (head.method === 'POST') {
    try {
      jar.set(cookie)
    } catch {
      // The page that Next.js makes after an action is a page.
    }
  }
}
