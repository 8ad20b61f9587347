import { Pool } from 'undici'
import { startDeadline } from '../client/deadline.ts'
import { largestAnswerBytes, type Transport } from '../client/transport.ts'

/** Bounds of the connections to the gateway. */
export interface UndiciTransportOptions {
  /** Most connections at once. Default 8: four carry reads, the rest writes. */
  readonly connections?: number
}

/** 250 ms: a gateway in reach accepts in a few; the rest of a read's 500 ms is for the answer. */
const connectTimeoutMs = 250

/** A transport over undici's own pool: kept-alive connections, no proxying, no redirects. */
export function undiciTransport({ connections = 8 }: UndiciTransportOptions = {}): (gatewayOrigin: string) => Transport {
  return (gatewayOrigin) => {
    const connect = { timeout: connectTimeoutMs }
    const pool = new Pool(gatewayOrigin, { connections, connect, pipelining: 1, maxResponseSize: largestAnswerBytes })
    return async ({ method, path, headers, body, timeoutMs }) => {
      const { signal, stop } = startDeadline(timeoutMs)
      try {
        const answer = await pool.request({ method, path, headers: { ...headers }, body: body ?? null, signal })
        return { status: answer.statusCode, header: (name) => firstOf(answer.headers[name]), body: await answer.body.text() }
      } finally {
        stop()
      }
    }
  }
}

function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
