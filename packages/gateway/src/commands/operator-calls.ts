import { isLoopback } from '@single-state/core/protocol'
import type { z } from 'zod'
import { CommandError, type CommandInput, type Terminal, UnreachableError } from './command.ts'
import { loadEnvironment } from './load-module.ts'

/** Options of every command that asks a running gateway. */
export const operatorOptions = {
  gateway: { type: 'string', help: "the gateway's origin (default: SINGLE_STATE_GATEWAY)" },
  key: {
    type: 'string',
    help: 'key of an application that operates all; the list of processes shows it (default: SINGLE_STATE_OPERATOR_KEY, SINGLE_STATE_KEY)',
  },
  json: { type: 'boolean', help: 'for programs' },
} as const

/** Asks a running gateway with an operator's key. */
export interface OperatorCalls {
  get<Answer>(path: string, answer: z.ZodType<Answer>, timeoutMs?: number): Promise<Answer>
  post<Answer>(path: string, body: object, answer: z.ZodType<Answer>): Promise<Answer>
  delete<Answer>(path: string, body: object, answer: z.ZodType<Answer>): Promise<Answer>
}

/** The gateway understood, and says no. */
export class RefusedError extends CommandError {
  override readonly name = 'RefusedError'
  readonly code: string | undefined

  constructor(code: string | undefined, message: string) {
    super(message)
    this.code = code
  }
}

/** 10 s: an operator waits longer than a visitor, but not for ever. */
export const defaultTimeoutMs = 10_000

/** @throws CommandError when address or key are missing, the gateway cannot be reached, or says no. */
export function operatorCalls({ text }: CommandInput, terminal: Terminal): OperatorCalls {
  loadEnvironment(terminal)
  const { env } = terminal
  const origin = originOf(text('gateway') ?? env['SINGLE_STATE_GATEWAY'])
  const key = text('key') ?? env['SINGLE_STATE_OPERATOR_KEY'] ?? env['SINGLE_STATE_KEY']
  if (!key) throw new CommandError('expected the key of an application that operates all, in SINGLE_STATE_OPERATOR_KEY or --key')
  // Operators' answers are the gateway's own, whatever the contract: any revision will do.
  const headers = { authorization: `Bearer ${key}`, 'contract-revision': '1' }
  async function call<Answer>(path: string, sent: RequestInit, answer: z.ZodType<Answer>, timeoutMs: number): Promise<Answer> {
    const asked = { ...sent, signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' } as const
    const { response, body } = await ask(new URL(path, origin), asked)
    if (!response.ok) throw refusal(response, body)
    const { success, data } = answer.safeParse(body)
    if (!success) throw new CommandError(`${origin} answers, but not as a gateway of this release`)
    return data
  }
  const withBody = (method: string, body: object) => ({
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return {
    get: (path, answer, timeoutMs = defaultTimeoutMs) => call(path, { headers }, answer, timeoutMs),
    post: (path, body, answer) => call(path, withBody('POST', body), answer, defaultTimeoutMs),
    delete: (path, body, answer) => call(path, withBody('DELETE', body), answer, defaultTimeoutMs),
  }
}

function originOf(text: string | undefined): string {
  if (!text || !URL.canParse(text)) throw new CommandError("expected the gateway's origin, in SINGLE_STATE_GATEWAY or --gateway")
  const { origin, protocol, hostname } = new URL(text)
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname))) return origin
  throw new CommandError(`expected https for ${hostname}: the operator's key would travel unencrypted`)
}

async function ask(url: URL, asked: RequestInit): Promise<{ response: Response; body: unknown }> {
  try {
    const response = await fetch(url, asked)
    return { response, body: await response.json().catch(() => null) }
  } catch (cause) {
    throw new UnreachableError(`${url.origin} ${whyNot(cause)}`, { cause })
  }
}

function whyNot(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be reached'
  if (error.name === 'TimeoutError') return 'did not answer in time'
  const { cause } = error
  return cause instanceof Error && 'code' in cause ? `cannot be reached (${cause.code})` : 'cannot be reached'
}

function refusal({ status }: Response, body: unknown): CommandError {
  const { code, title, detail } = (body ?? {}) as { code?: string; title?: string; detail?: string }
  const said = `the gateway answered ${status}${code ? ` ${code}` : ''}${title ? `: ${title}` : ''}${detail ? ` (${detail})` : ''}`
  if (code === 'application_denied') return new RefusedError(code, `${said}; the contract grants it with operates: 'all'`)
  return status === 503 || status === 429 ? new UnreachableError(said) : new RefusedError(code, said)
}
