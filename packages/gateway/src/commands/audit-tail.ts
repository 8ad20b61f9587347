import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditPage } from '../routes/schemas.ts'
import { givenAfter, newestSequence, pageAfter } from './audit-pages.ts'
import { type Command, type CommandInput, expectNoPositionals, type Terminal, UnreachableError, UsageError } from './command.ts'
import { type OperatorCalls, operatorCalls, operatorOptions } from './operator-calls.ts'
import { oneLine } from './plain-text.ts'

type AuditLine = AuditPage['records'][number]

/** 1 s between questions while following: people read no faster. */
const followEveryMs = 1_000

/** 20: as many as fit a screen with what was typed. */
const linesShown = 20

export const auditTail: Command = {
  name: 'audit tail',
  summary: 'Prints the newest audit records: who changed what, when and why.',
  usage: '[--after <seq>] [--session <id>] [--follow] [--gateway <origin>] [--key <key>] [--json]',
  options: {
    ...operatorOptions,
    after: { type: 'string', help: `every record after this sequence number, 0 for all (default: the last ${linesShown})` },
    session: { type: 'string', help: 'only records of the session with this id, all of them' },
    follow: { type: 'boolean', help: 'go on until interrupted' },
  },
  async run(input, terminal) {
    expectNoPositionals(input)
    const given = givenAfter(input)
    const session = sessionId(input.text('session'))
    const calls = operatorCalls(input, terminal)
    const after = given ?? (session === undefined ? Math.max(0, (await newestSequence(calls)) - linesShown) : 0)
    const last = await print(calls, input, terminal, after)
    if (input.flag('follow')) await follow(calls, input, terminal, last)
    return 0
  },
}

/** Records have a hash in its place, by which they cannot be found. */
function sessionId(text: string | undefined): string | undefined {
  if (text === undefined || /^[\w-]{43}$/.test(text)) return text
  throw new UsageError(`--session: expected the 43 characters of a session's id, found "${text}"`)
}

/** A gateway that restarts must not end a watch: it is said once, and asked again. */
async function follow(calls: OperatorCalls, input: CommandInput, terminal: Terminal, after: number): Promise<void> {
  const stop = new AbortController()
  void terminal.stopped().then(() => stop.abort())
  let last = after
  let isAway = false
  while (await slept(stop.signal)) {
    try {
      last = await print(calls, input, terminal, last)
      isAway = false
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      if (!isAway) terminal.err(`${error.message}; trying again`)
      isAway = true
    }
  }
}

async function slept(signal: AbortSignal): Promise<boolean> {
  return sleep(followEveryMs, true, { signal }).catch(() => false)
}

/** Prints every record after `after`; answers the last sequence number. */
async function print(calls: OperatorCalls, { text, flag }: CommandInput, terminal: Terminal, after: number): Promise<number> {
  for (let last = after; ; ) {
    const { records, next } = await pageAfter(calls, last, 500, text('session'))
    for (const record of records) terminal.out(flag('json') ? JSON.stringify(record) : oneLine(lineOf(record)))
    last = records.at(-1)?.seq ?? last
    if (next === null) return last
  }
}

function lineOf(record: AuditLine): string {
  const { seq, at, application, actor, reason, session } = record
  return `${seq} ${at} ${whatOf(record)} by ${application} for ${actor ?? 'nobody'}: ${reason} (session ${session ?? 'none'})`
}

function whatOf({ operation, paths, outcome, fromVersion, toVersion, subject, actor }: AuditLine): string {
  const denied = outcome === 'denied' ? 'DENIED ' : ''
  const what = paths.length > 0 ? ` ${paths.join(', ')}` : ''
  const versions = fromVersion === null || toVersion === null ? '' : ` v${fromVersion}→v${toVersion}`
  // Mostly people change their own sessions.
  const whose = subject === null || subject === actor ? '' : ` of ${subject}`
  return `${denied}${operation}${what}${versions}${whose}`
}
