import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import {
  type AnyContract,
  type ContractChange,
  type ContractDescription,
  compareContracts,
  describeContract,
  parseContractDescription,
} from '@single-state/core/protocol'
import { type Command, CommandError, expectNoPositionals, type Terminal } from './command.ts'
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
  async run(input, terminal) {
    expectNoPositionals(input)
    const { text, flag } = input
    loadEnvironment(terminal)
    const today = describeContract(await contractOf(terminal, text('contract')))
    const file = resolve(terminal.cwd, text('against') ?? 'contract.json')
    const deployed = existsSync(file) ? descriptionIn(file) : undefined
    if (!deployed && !flag('write'))
      throw new CommandError(`${file} does not exist; 'single-state contract check --write' writes it from the contract of today`)
    const changes = deployed ? compareContracts(deployed, today) : []
    const isSafe = changes.every(({ kind }) => kind === 'safe')
    if (flag('json')) terminal.out(JSON.stringify({ ok: isSafe, changes }))
    else for (const line of linesOf(changes, deployed, today)) terminal.out(line)
    if (flag('write')) writeFileSync(file, `${JSON.stringify(today, null, 2)}\n`)
    if (flag('write') && !flag('json')) terminal.out(`wrote ${file}`)
    return flag('write') || isSafe ? 0 : 1
  },
}

async function contractOf(terminal: Terminal, given: string | undefined): Promise<AnyContract> {
  const { file, module } = await loadModule(terminal.cwd, given, ['contract.ts', 'contract.js'])
  const found = [module['contract'], module['default']].find(isContract)
  if (!found) throw new CommandError(`${file}: expected an export named contract, made by defineContract`)
  return found
}

function isContract(value: unknown): value is AnyContract {
  return typeof (value as Partial<AnyContract> | undefined)?.lifetime?.tokenMs === 'number'
}

function descriptionIn(file: string): ContractDescription {
  try {
    return parseContractDescription(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    throw new CommandError(`${file}: expected what 'single-state contract check --write' wrote`, { cause })
  }
}

function linesOf(changes: readonly ContractChange[], deployed: ContractDescription | undefined, today: ContractDescription): string[] {
  if (!deployed) return []
  if (changes.length === 0) return ['✓ nothing has changed']
  const breaking = changes.filter(({ kind }) => kind === 'breaking').length
  const forgotten = breaking > 0 && today.revision <= deployed.revision
  return [
    ...changes.map(({ kind, path, why }) => `${kind === 'breaking' ? '✗ breaking' : '✓ safe    '}  ${path}: ${why}`),
    breaking === 0
      ? '\nNothing breaks applications that are not deployed yet.'
      : `\n${breaking} of ${changes.length} changes break applications that are not deployed yet.`,
    ...(forgotten ? [`Raise the contract's revision: it is ${today.revision}, as deployed.`] : []),
  ]
}
