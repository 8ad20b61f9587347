import { type Dispatcher, Pool } from 'undici'
import { startDeadline } from '../client/deadline.ts'
import { largestAnswerBytes, type Transport, type TransportAnswer } from '../client/transport.ts'

/** Bounds of the connections to the gateway. */
export interface UndiciTransportOptions {
  /** Most connections at once. Default 8: four carry reads, the rest writes. */
  readonly connections?: number
}

/** 250 ms: a gateway in reach accepts in a few; the rest of a read's 500 ms is for the answer. */
export const connectTimeoutMs = 250

/** A transport over undici's own pool: kept-alive connections, no proxying, no redirects. */
export function undiciTransport({ connections = 8 }: UndiciTransportOptions = {}): (gatewayOrigin: string) => Transport {
  return (gatewayOrigin) => {
    const connect = { timeout: connectTimeoutMs }
    // Each request has a deadline of its own, for the whole of it.
    const timeouts = { headersTimeout: 0, bodyTimeout: 0 }
    const pool = new Pool(gatewayOrigin, { connections, connect, ...timeouts, pipelining: 1, maxResponseSize: largestAnswerBytes })
    return ({ method, path, headers, body, timeoutMs }) =>
      new Promise((resolve, reject) => {
        pool.dispatch({ method, path, headers, body: body ?? null }, answerReader(timeoutMs, resolve, reject))
      })
  }
}

/** Reads an answer to its end: undici's `request` makes a stream of each, a third of what a request costs. */
function answerReader(
  timeoutMs: number,
  resolve: (answer: TransportAnswer) => void,
  reject: (error: unknown) => void,
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let status = 0
  let headers: Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2] = {}
  let request: Dispatcher.DispatchController | undefined
  let late: Error | undefined
  const stop = startDeadline(timeoutMs, (error) => {
    late = error
    reject(error)
    request?.abort(error)
  })
  return {
    onRequestStart(controller) {
      request = controller
      if (late) controller.abort(late)
    },
    onResponseStart(_request, statusCode, answered) {
      status = statusCode
      headers = answered
    },
    onResponseData(_request, chunk) {
      chunks.push(chunk)
    },
    onResponseEnd() {
      stop()
      resolve({ status, header: (name) => firstOf(headers[name]), body: Buffer.concat(chunks).toString() })
    },
    onResponseError(_request, error) {
      stop()
      reject(error)
    },
  }
}

function firstOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null
}
