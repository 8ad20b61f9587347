import { withDriver } from '../stores/driver.ts'
import { namesAnOption } from './checked-config.ts'
import { type Command, CommandError, type CommandInput, expectNoPositionals, type Terminal } from './command.ts'
import { startOptions, withConfig } from './start-gateway.ts'

export const migrate: Command = {
  name: 'migrate',
  summary: 'Brings a PostgreSQL store to the schema of this release, or prints the SQL that does.',
  usage: '[--config <file>] [--store <store>] [--print] [--json]',
  options: {
    config: startOptions.config,
    store: { type: 'string', help: "the store (default: the configuration's)" },
    print: { type: 'boolean', help: 'print the SQL and touch nothing' },
    json: { type: 'boolean', help: 'print JSON' },
  },
  async run(input, terminal) {
    expectNoPositionals(input)
    const url = await addressOf(input, terminal)
    const lines = await using(async ({ printMigrations, migratePostgres }) =>
      input.flag('print') ? [printMigrations(url)] : linesOf(await migratePostgres(url), input),
    )
    for (const line of lines) terminal.out(line)
    return 0
  },
}

/** Of `--store` alone where it is given: a configuration that opens its store itself cannot be loaded before this has run. */
async function addressOf(input: CommandInput, terminal: Terminal): Promise<string> {
  const store = input.text('store') ?? (await withConfig(input, terminal, async (config) => config.store))
  if (typeof store === 'string' && /^postgres(ql)?:/.test(store)) return store
  throw new CommandError(
    "expected 'postgres://…' as the store of the configuration, or with --store, also of a journal or an audit sink; other stores need no migration",
  )
}

type Schema = typeof import('../stores/postgres/schema.ts')

/** What is wrong with the address, or a driver that is missing, is said without a stack. */
async function using<Result>(work: (schema: Schema) => Promise<Result>): Promise<Result> {
  try {
    return await withDriver('pg', async () => work(await import('../stores/postgres/schema.ts')))
  } catch (error) {
    throw namesAnOption(error) ? new CommandError(error.message, { cause: error }) : error
  }
}

function linesOf(applied: readonly string[], input: CommandInput): readonly string[] {
  if (input.flag('json')) return [JSON.stringify({ applied })]
  if (applied.length === 0) return ['nothing to do: the schema is that of this release']
  return applied.map((step) => `applied     ${step}`)
}
