import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { parseArgs } from 'node:util'
import { isSessionError } from '@single-state/core/errors'
import { auditTail } from './audit-tail.ts'
import { auditVerify } from './audit-verify.ts'
import { type Command, CommandError, type CommandInput, type Terminal, UsageError } from './command.ts'
import { contractCheck } from './contract-check.ts'
import { dev } from './dev.ts'
import { doctor } from './doctor.ts'
import { endAll } from './end-all.ts'
import { explain } from './explain.ts'
import { gateway } from './gateway.ts'
import { init } from './init.ts'
import { inspect } from './inspect.ts'
import { keysCreate } from './keys-create.ts'
import { keysRotate } from './keys-rotate.ts'
import { migrate } from './migrate.ts'
import { plainTerminal } from './plain-text.ts'
import { revoke } from './revoke.ts'

/** In the order of the help: what one does first comes first. */
export const commands: readonly Command[] = [
  init,
  dev,
  gateway,
  keysCreate,
  keysRotate,
  migrate,
  doctor,
  inspect,
  explain,
  revoke,
  endAll,
  auditTail,
  auditVerify,
  contractCheck,
]

/** Runs `single-state` with these arguments; answers the exit code: 0 done, 1 refused or found wrong, 2 not understood, 3 not to be asked (`audit verify`). */
export async function runCommand(argv: readonly string[], given: Terminal): Promise<number> {
  const terminal = plainTerminal(given)
  const [first, ...rest] = argv
  if (first === '--version' || first === '-v') return version(terminal)
  if (first === 'help' && rest.length > 0) return runCommand([...rest, '--help'], given)
  const command = commandOf(argv)
  if (!command) return overview(argv, terminal)
  const args = argv.slice(command.name.split(' ').length)
  if (args.includes('--help') || args.includes('-h')) return help(command, terminal)
  try {
    return await command.run(inputOf(command, args), terminal)
  } catch (error) {
    return failed(command, error, terminal)
  }
}

function commandOf(argv: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, at) => argv[at] === word))
}

function inputOf(command: Command, args: readonly string[]): CommandInput {
  try {
    const { values, positionals } = parseArgs({
      ...{ args: sessionsLast(withValues(command, args)), options: { ...command.options } },
      ...{ allowPositionals: true, strict: true },
    })
    return {
      positionals,
      text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
      flag: (name) => values[name] === true,
    }
  } catch (error) {
    throw new UsageError(withoutAdvice(error instanceof Error ? error.message : String(error)))
  }
}

/** What is wrong, as Node says it: how to write it instead is in the usage below. */
function withoutAdvice(message: string): string {
  return message.replace(/(\. To specify|\n)[\s\S]*$/, '')
}

/** One id of a session or key in 64 begins with a hyphen. No option of ours is as long. */
const hyphenated = /^-[\w-]{42}$/

/** Behind an option that takes a text such an id is the option's value. */
function withValues({ options }: Command, args: readonly string[]): string[] {
  const joined: string[] = []
  for (const arg of args) {
    const before = joined.at(-1)
    const takesIt = hyphenated.test(arg) && before?.startsWith('--') && options[before.slice(2)]?.type === 'string'
    if (takesIt) joined[joined.length - 1] = `${before}=${arg}`
    else joined.push(arg)
  }
  return joined
}

/** Everywhere else it is a session: after `--` it is no option. */
function sessionsLast(args: readonly string[]): string[] {
  const sessions = args.filter((arg) => hyphenated.test(arg))
  if (sessions.length === 0 || args.includes('--')) return [...args]
  return [...args.filter((arg) => !hyphenated.test(arg)), '--', ...sessions]
}

function failed({ name, usage }: Command, error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.err(`single-state ${name}: ${error.message}`)
    terminal.err(`usage: single-state ${name} ${usage}`)
    return 2
  }
  if (!isForPeople(error)) throw error
  terminal.err(`single-state ${name}: ${error.message}`)
  return 1
}

/** What says by itself what is wrong: ours, the store's, the system's. The stack of anything else helps to find it. */
function isForPeople(error: unknown): error is Error {
  return error instanceof CommandError || isSessionError(error) || isSystemError(error)
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error
}

/** No command, `--help`, or a word that is none. */
function overview(argv: readonly string[], terminal: Terminal): number {
  const asked = argv.length === 0 || argv[0] === '--help' || argv[0] === '-h' || argv[0] === 'help'
  const write = asked ? terminal.out : terminal.err
  if (!asked) write(`single-state: unknown command "${argv.join(' ')}"${guess(argv[0] as string)}\n`)
  write('single-state: one session document for each person, shared by many applications\n')
  const width = Math.max(...commands.map(({ name }) => name.length))
  for (const { name, summary } of commands) write(`  ${name.padEnd(width)}  ${summary}`)
  write('\nsingle-state <command> --help says more of each.')
  return asked ? 0 : 2
}

/** Half a command is easily typed: `keys` for `keys create`. */
function guess(word: string): string {
  const meant = commands.filter(({ name }) => name.split(' ').includes(word)).map(({ name }) => `'${name}'`)
  return meant.length === 0 ? '' : `; there is ${meant.join(' and ')}`
}

function help(command: Command, terminal: Terminal): number {
  terminal.out(`${command.summary}\n\nusage: single-state ${command.name} ${command.usage}`)
  const options = Object.entries(command.options)
  if (options.length > 0) terminal.out('')
  const width = Math.max(0, ...options.map(([name]) => name.length))
  for (const [name, { help: text }] of options) terminal.out(`  --${name.padEnd(width)}  ${text}`)
  return 0
}

function version(terminal: Terminal): number {
  const file = findPackageJSON(import.meta.url)
  terminal.out(file === undefined ? 'unknown' : JSON.parse(readFileSync(file, 'utf8')).version)
  return 0
}
