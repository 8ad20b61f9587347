import { CommandError, type CommandInput, type Terminal } from './command.ts'

/** Options of every command that asks a running gateway. */
export const operatorOptions = {
  gateway: { type: 'string', help: "the gateway's origin (default: SINGLE_STATE_GATEWAY)" },
  key: { type: 'string', help: 'key of an application that operates all (default: SINGLE_STATE_OPERATOR_KEY, then SINGLE_STATE_KEY)' },
  json: { type: 'boolean', help: 'for programs' },
} as const

/** Asks a running gateway with an operator's key. */
export interface OperatorCalls {
  get(path: string): Promise<unknown>
}

/** 10 s: an operator waits longer than a visitor, but not for ever. */
const timeoutMs = 10_000

/** @throws CommandError when address or key are missing, the gateway cannot be reached, or says no. */
export function operatorCalls({ text }: CommandInput, { env }: Terminal): OperatorCalls {
  const origin = text('gateway') ?? env['SINGLE_STATE_GATEWAY']
  const key = text('key') ?? env['SINGLE_STATE_OPERATOR_KEY'] ?? env['SINGLE_STATE_KEY']
  if (!origin || !URL.canParse(origin)) throw new CommandError("expected the gateway's origin in --gateway or SINGLE_STATE_GATEWAY")
  if (!key) throw new CommandError('expected the key of an application that operates all, in --key or SINGLE_STATE_OPERATOR_KEY')
  return {
    async get(path) {
      const headers = { authorization: `Bearer ${key}`, 'contract-revision': '1' }
      const response = await fetch(new URL(path, origin), { headers, signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' }).catch(
        (cause: unknown) => {
          throw new CommandError(`${origin} cannot be reached`, { cause })
        },
      )
      const body: unknown = await response.json().catch(() => null)
      if (response.ok) return body
      const { code, title } = (body ?? {}) as { code?: string; title?: string }
      throw new CommandError(`the gateway answered ${response.status}${code ? ` ${code}` : ''}${title ? `: ${title}` : ''}`)
    },
  }
}
