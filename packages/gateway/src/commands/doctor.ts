import type { GatewayConfig } from '../config.ts'
import { checkedConfig } from './checked-config.ts'
import { type Command, CommandError, type CommandInput, expectNoPositionals, type Terminal } from './command.ts'
import { configurationFindings, cookieFinding, encryptionFinding, nodeFinding } from './doctor/configuration.ts'
import { type Finding, fail } from './doctor/finding.ts'
import { providerFindings } from './doctor/provider.ts'
import { gatewayFinding } from './doctor/running-gateway.ts'
import { storeFindings } from './doctor/store.ts'
import { listenerFindings } from './doctor/tls.ts'
import { startOptions, withConfig } from './start-gateway.ts'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Looks at Node, configuration, store, clocks, keys, cookie and identity provider, and says what to do.',
  usage: '[--config <file>] [--store <store>] [--json]',
  options: {
    config: startOptions.config,
    store: startOptions.store,
    json: { type: 'boolean', help: 'for programs' },
  },
  async run(input, terminal) {
    expectNoPositionals(input)
    const findings = await examine(input, terminal)
    const failed = findings.filter(({ level }) => level === 'fail').length
    const warned = findings.filter(({ level }) => level === 'warn').length
    if (input.flag('json')) terminal.out(JSON.stringify({ ok: failed === 0, findings }))
    else {
      for (const line of findings.flatMap(linesOf)) terminal.out(line)
      terminal.out(`\n${failed === 0 ? '✓' : '✗'} ${findings.length} looked at, ${failed} failed, ${warned} to watch`)
    }
    return failed === 0 ? 0 : 1
  },
}

async function examine(input: CommandInput, terminal: Terminal): Promise<readonly Finding[]> {
  const node = nodeFinding(process.versions.node)
  try {
    return [node, ...(await withConfig(input, terminal, (config) => examineConfig(config, terminal)))]
  } catch (error) {
    // Without a configuration there is nothing more to look at, and this is what to know.
    if (!(error instanceof CommandError)) throw error
    return [node, fail('configuration', error.message, "correct it; 'single-state gateway' would not start either")]
  }
}

async function examineConfig(config: GatewayConfig, terminal: Terminal): Promise<readonly Finding[]> {
  const checked = checkedConfig(config, terminal)
  const { isServed, ...gateway } = await gatewayFinding(checked.origin)
  return [
    ...configurationFindings(checked),
    cookieFinding(checked),
    encryptionFinding(checked),
    ...listenerFindings(checked.tls, checked.origin, terminal.cwd, Date.now()),
    gateway,
    ...(await storeFindings(config, checked, isServed)),
    ...(await providerFindings(config.idp, checked.origin)),
  ]
}

const signs = { ok: '✓', warn: '!', fail: '✗' } as const

function linesOf({ check, level, found, fix }: Finding): readonly string[] {
  const line = `${signs[level]} ${check.padEnd(17)}  ${found}`
  return fix === null ? [line] : [line, `  ${' '.repeat(17)}  → ${fix}`]
}
