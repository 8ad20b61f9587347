import { setTimeout as pause } from 'node:timers/promises'
import { SessionError } from '@single-state/core/protocol'
import type { Link } from './link.ts'
import { failureOf, unavailable } from './redis-failure.ts'

/** 100 ms between attempts: the first good read comes within a second of the store's return. */
const betweenAttemptsMs = 100

/** 2 s for the first link: a failover that has just been is still being told around. */
const firstMs = 2_000

/** The link in use, and the next one when it is lost. */
export interface Links {
  /** The link; throws `store_unavailable` while there is none. */
  current(): Link
  close(): void
}

/** Opens the first link, rejecting after 2 s, and from then on the next whenever one is lost. */
export async function keepLinked(open: (onLost: () => void) => Promise<Link>): Promise<Links> {
  let link: Link | null = null
  let closed = false
  let away = unavailable('not connected')

  async function openNext(): Promise<void> {
    let isLost = false
    const opened = await open(() => {
      isLost = true
      if (link === null || link !== opened) return
      lose()
    })
    if (isLost || closed) {
      opened.close()
      throw unavailable('the connection was lost')
    }
    link = opened
  }

  function lose(): void {
    link?.close()
    link = null
    away = unavailable('not connected')
    if (!closed) void reconnect()
  }

  async function reconnect(): Promise<void> {
    while (!closed && link === null) {
      await openNext().catch((error: unknown) => {
        away = failureOf(error, 'read')
      })
      if (link === null) await pause(betweenAttemptsMs, undefined, { ref: false })
    }
  }

  async function openFirst(): Promise<void> {
    for (const until = performance.now() + firstMs; link === null; ) {
      try {
        await openNext()
      } catch (error) {
        if (error instanceof TypeError || performance.now() > until) throw error
        await pause(betweenAttemptsMs)
      }
    }
  }

  await openFirst()
  return {
    current: () => {
      if (closed) throw unavailable('the store is closed')
      if (link === null) throw new SessionError('store_unavailable', away.message, { cause: away, retryAfterMs: 1_000 })
      return link
    },
    close: () => {
      closed = true
      link?.close()
      link = null
    },
  }
}
