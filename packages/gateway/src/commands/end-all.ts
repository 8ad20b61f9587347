import { isSessionError } from '@single-state/core/errors'
import { changeEntry, gatewayName } from '../audit/entries.ts'
import type { GatewayConfig } from '../config.ts'
import { endAllAnswerSchema } from '../routes/schemas.ts'
import { openStore } from '../stores/open-store.ts'
import type { SessionStore } from '../stores/store.ts'
import { namesAnOption } from './checked-config.ts'
import { type Command, CommandError, type CommandInput, expectNoPositionals, type Terminal } from './command.ts'
import { operatorCalls, operatorOptions } from './operator-calls.ts'
import { reasonCode } from './reason-code.ts'
import { receiptLines } from './receipt-lines.ts'
import { startOptions, withConfig } from './start-gateway.ts'

const defaultReason = 'operator.end-all'

export const endAll: Command = {
  name: 'end-all',
  summary: 'Signs everybody out, sign-ins under way included: after a restore, or a theft of keys.',
  usage: '[--yes] [--reason <code>] [--gateway <origin>] [--key <key>] [--offline [--config <file>] [--store <store>]] [--json]',
  options: {
    ...operatorOptions,
    yes: { type: 'boolean', help: 'do not ask' },
    reason: { type: 'string', help: `what the audit says (default: ${defaultReason})` },
    offline: { type: 'boolean', help: 'write into the store itself, while no gateway answers' },
    config: startOptions.config,
    store: startOptions.store,
  },
  async run(input, terminal) {
    expectNoPositionals(input)
    const reason = reasonCode(input, defaultReason)
    if (!input.flag('offline')) return carryOut(online(input, terminal), reason, input, terminal)
    return withConfig(input, terminal, (config) => carryOut(offline(config), reason, input, terminal))
  },
}

/** What ends everybody, and how it is told to programs and to people. */
type Ending = (reason: string) => Promise<{ readonly answer: object; readonly lines: readonly string[] }>

async function carryOut(end: Ending, reason: string, input: CommandInput, terminal: Terminal): Promise<number> {
  await confirmed(input, terminal)
  const { answer, lines } = await end(reason)
  for (const line of input.flag('json') ? [JSON.stringify(answer)] : lines) terminal.out(line)
  return 0
}

function online(input: CommandInput, terminal: Terminal): Ending {
  const calls = operatorCalls(input, terminal)
  return async (reason) => {
    const { receipt } = await calls.delete('/v1/sessions', { reason, confirm: 'end-all' }, endAllAnswerSchema)
    return { answer: { receipt }, lines: ["ended       everybody's sessions", ...receiptLines(receipt)] }
  }
}

function offline({ store }: GatewayConfig): Ending {
  if (store === 'memory') throw new CommandError('a memory store has no sessions but those of the gateway that runs on it')
  return async (reason) => {
    const opened = await opening(store)
    const entry = changeEntry('end_all', [], { application: gatewayName, actor: null, reason, traceId: null })
    const { nowMs } = await opened.endAll(entry).finally(() => opened.close())
    const committedAt = new Date(nowMs).toISOString()
    const lines = ["ended       everybody's sessions", `committed   ${committedAt}`, `store       ${opened.name}`]
    return { answer: { committedAt, store: opened.name }, lines }
  }
}

async function opening(store: string | SessionStore): Promise<SessionStore> {
  try {
    return await openStore(store)
  } catch (error) {
    if (namesAnOption(error)) throw new CommandError(error.message, { cause: error })
    const isInUse = isSessionError(error) && error.message.includes('another process')
    throw isInUse
      ? new CommandError(`${error.message}; a gateway that runs ends them itself: leave --offline out`, { cause: error })
      : error
  }
}

/** Everybody signs in again: nobody does that by a slip of the shell's history. */
async function confirmed({ flag }: CommandInput, { ask }: Terminal): Promise<void> {
  if (flag('yes')) return
  const answer = await ask('This signs everybody out, for good. Type end-all to go on: ')
  if (answer === null) throw new CommandError('nobody is here to confirm it; --yes goes on without')
  if (answer.trim() !== 'end-all') throw new CommandError('nothing was ended')
}
