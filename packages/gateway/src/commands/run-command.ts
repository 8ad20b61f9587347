import { parseArgs } from 'node:util'
import { auditTail, auditVerify } from './audit.ts'
import { type Command, CommandError, type CommandInput, type Terminal, UsageError } from './command.ts'
import { contractCheck } from './contract-check.ts'
import { init } from './init.ts'
import { inspect } from './inspect.ts'
import { keysCreate } from './keys-create.ts'
import { dev, gateway } from './start-gateway.ts'

/** In the order of the help: what one does first comes first. */
const commands: readonly Command[] = [init, dev, gateway, keysCreate, inspect, auditTail, auditVerify, contractCheck]

/** Runs `single-state` with these arguments; answers the exit code. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const command = commandOf(argv)
  if (!command) return explain(argv, terminal)
  const rest = argv.slice(command.name.split(' ').length)
  if (rest.includes('--help') || rest.includes('-h')) return help(command, terminal)
  try {
    return await command.run(inputOf(command, rest), terminal)
  } catch (error) {
    return failed(command, error, terminal)
  }
}

function commandOf(argv: readonly string[]): Command | undefined {
  return commands.find(({ name }) => name.split(' ').every((word, at) => argv[at] === word))
}

function inputOf(command: Command, rest: readonly string[]): CommandInput {
  try {
    const { values, positionals } = parseArgs({ args: [...rest], options: { ...command.options }, allowPositionals: true, strict: true })
    return {
      positionals,
      text: (name) => (typeof values[name] === 'string' ? values[name] : undefined),
      flag: (name) => values[name] === true,
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function failed(command: Command, error: unknown, terminal: Terminal): number {
  if (error instanceof UsageError) {
    terminal.err(`single-state ${command.name}: ${error.message}`)
    terminal.err(`usage: single-state ${command.name} ${command.usage}`)
    return 2
  }
  // A TypeError of the gateway's own start names the option and the fix: that is for people, its stack is not.
  if (error instanceof CommandError || error instanceof TypeError) {
    terminal.err(`single-state ${command.name}: ${error.message}`)
    return 1
  }
  throw error
}

/** No command, `--help`, or a word that is none. */
function explain(argv: readonly string[], terminal: Terminal): number {
  const asked = argv.length === 0 || argv[0] === '--help' || argv[0] === '-h' || argv[0] === 'help'
  const write = asked ? terminal.out : terminal.err
  if (!asked) write(`single-state: unknown command "${argv.join(' ')}"\n`)
  write('single-state: one session document for each person, shared by many applications\n')
  const width = Math.max(...commands.map(({ name }) => name.length))
  for (const { name, summary } of commands) write(`  ${name.padEnd(width)}  ${summary}`)
  write('\nsingle-state <command> --help says more of each.')
  return asked ? 0 : 2
}

function help(command: Command, terminal: Terminal): number {
  terminal.out(`${command.summary}\n\nusage: single-state ${command.name} ${command.usage}`)
  const options = Object.entries(command.options)
  if (options.length > 0) terminal.out('')
  const width = Math.max(0, ...options.map(([name]) => name.length))
  for (const [name, { help: text }] of options) terminal.out(`  --${name.padEnd(width)}  ${text}`)
  return 0
}
