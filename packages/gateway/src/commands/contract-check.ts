import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type AnyContract,
  type ContractChange,
  type ContractDescription,
  compareContracts,
  describeContract,
} from '@single-state/core/protocol'
import { type Command, CommandError, type Terminal, UsageError } from './command.ts'
import { loadEnvironment, loadModule } from './load-module.ts'

export const contractCheck: Command = {
  name: 'contract check',
  summary: 'Says what a change of the contract breaks, compared with the one that is deployed (contract.json).',
  usage: '[--contract <file>] [--against <file>] [--write] [--json]',
  options: {
    contract: { type: 'string', help: 'the file that exports the contract (default: contract.ts)' },
    against: { type: 'string', help: 'the description of the deployed contract (default: contract.json)' },
    write: { type: 'boolean', help: 'write the description of the contract of today; commit it with the deploy' },
    json: { type: 'boolean', help: 'for programs' },
  },
  async run({ positionals, text, flag }, terminal) {
    if (positionals.length > 0) throw new UsageError(`unexpected "${positionals[0]}"`)
    loadEnvironment(terminal)
    const today = describeContract(await contractOf(terminal, text('contract')))
    const file = resolve(terminal.cwd, text('against') ?? 'contract.json')
    const deployed = existsSync(file) ? descriptionIn(file) : undefined
    if (!deployed && !flag('write'))
      throw new CommandError(`${file} does not exist; 'single-state contract check --write' writes it from the contract of today`)
    const changes = deployed ? compareContracts(deployed, today) : []
    report(terminal, changes, flag('json'))
    if (flag('write')) writeFileSync(file, `${JSON.stringify(today, null, 2)}\n`)
    return flag('write') || changes.every(({ kind }) => kind === 'safe') ? 0 : 1
  },
}

async function contractOf(terminal: Terminal, given: string | undefined): Promise<AnyContract> {
  const { file, module } = await loadModule(terminal.cwd, given, ['contract.ts', 'contract.js'])
  const found = [module['contract'], module['default']].find(
    (value) => typeof value === 'object' && value !== null && 'applications' in value,
  )
  if (!found) throw new CommandError(`${file}: expected an export named contract, made by defineContract`)
  return found as AnyContract
}

function descriptionIn(file: string): ContractDescription {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ContractDescription
  } catch (cause) {
    throw new CommandError(`${file}: expected what 'single-state contract check --write' wrote`, { cause })
  }
}

function report(terminal: Terminal, changes: readonly ContractChange[], json: boolean): void {
  if (json) terminal.out(JSON.stringify({ changes }))
  else for (const line of linesOf(changes)) terminal.out(line)
}

function linesOf(changes: readonly ContractChange[]): readonly string[] {
  if (changes.length === 0) return ['✓ nothing has changed']
  const breaking = changes.filter(({ kind }) => kind === 'breaking').length
  return [
    ...changes.map(({ kind, path, why }) => `${kind === 'breaking' ? '✗ breaking' : '✓ safe    '}  ${path}: ${why}`),
    breaking === 0
      ? '\nNothing breaks applications that are not deployed yet.'
      : `\n${breaking} of ${changes.length} changes break applications that are not deployed yet.`,
  ]
}
