import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Command, CommandError, type Terminal, UsageError } from './command.ts'
import { createKey, createSecret } from './keys-create.ts'

export const init: Command = {
  name: 'init',
  summary: 'Writes contract.ts, gateway.config.ts and .env into this folder: a gateway to develop with.',
  usage: '[--application <name>] [--name <organisation>]',
  options: {
    application: { type: 'string', help: 'the first application (default: portal)' },
    name: { type: 'string', help: "the contract's name (default: acme)" },
  },
  async run({ positionals, text }, terminal) {
    if (positionals.length > 0) throw new UsageError(`unexpected "${positionals[0]}"`)
    const application = text('application') ?? 'portal'
    const organisation = text('name') ?? 'acme'
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(application)) throw new UsageError(`not the name of an application: "${application}"`)
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(organisation)) throw new UsageError(`not the name of a contract: "${organisation}"`)
    write(terminal.cwd, filesOf(application, organisation))
    report(terminal, prepareProject(terminal.cwd))
    return 0
  },
}

function filesOf(application: string, organisation: string): Readonly<Record<string, string>> {
  const variable = `${application.toUpperCase().replaceAll('-', '_')}_KEY`
  const key = createKey(application)
  return {
    'contract.ts': contractFile(application, organisation),
    'gateway.config.ts': gatewayFile(application, variable),
    '.env': environmentFile(variable, key),
  }
}

/** All or none: a folder that has one of the files already is somebody's work. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  const there = Object.keys(files).filter((name) => existsSync(join(folder, name)))
  if (there.length > 0) throw new CommandError(`${there.join(', ')} exists already; nothing was written`)
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { flag: 'wx', mode: name === '.env' ? 0o600 : 0o644 })
  }
}

/** Keeps secrets out of git, and makes Node read `.ts` files as modules. Answers what it did. */
function prepareProject(folder: string): string[] {
  const done: string[] = []
  const ignore = join(folder, '.gitignore')
  const ignored = existsSync(ignore) ? readFileSync(ignore, 'utf8').split('\n') : []
  const missing = ['.env', 'sessions.db*'].filter((line) => !ignored.includes(line))
  if (missing.length > 0) {
    appendFileSync(ignore, `${ignored.length > 0 && ignored.at(-1) !== '' ? '\n' : ''}${missing.join('\n')}\n`)
    done.push(`.gitignore         ${missing.join(' and ')} stay out of git`)
  }
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest)) {
    const json = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, unknown>
    if (json['type'] === undefined) {
      writeFileSync(manifest, `${JSON.stringify({ ...json, type: 'module' }, null, 2)}\n`)
      done.push('package.json       "type": "module"')
    } else if (json['type'] !== 'module') done.push('package.json       set "type": "module" there: these files are ES modules')
  }
  return done
}

function report(terminal: Terminal, also: readonly string[]): void {
  terminal.out('contract.ts        what a session is, and what each application may see of it')
  terminal.out('gateway.config.ts  the gateway: store, people, applications')
  terminal.out('.env               keys and secrets; one key per application')
  for (const line of also) terminal.out(line)
  terminal.out('\nNext: npx single-state dev')
}

function contractFile(application: string, organisation: string): string {
  return `import { defineContract } from '@single-state/core'
import { z } from 'zod'

export const contract = defineContract({
  name: '${organisation}',
  entitlements: z.object({ roles: z.array(z.string()) }),
  applications: { ${property(application)}: { reads: ['identity', 'entitlements'] } },
})
`
}

function gatewayFile(application: string, variable: string): string {
  return `import { defineGateway, developmentPeople } from '@single-state/gateway'
import { contract } from './contract.ts'

export default defineGateway({
  contract,
  origin: 'http://localhost:4400',
  store: 'sqlite:./sessions.db',
  idp: developmentPeople([
    { subject: 'ada', roles: ['admin'] },
    { subject: 'bob', roles: [] },
  ]),
  // idp: oidc({ issuer: 'https://login.example.com', clientId: '…', clientSecret: process.env.OIDC_SECRET }),
  applications: { ${property(application)}: { key: process.env.${variable}, origins: ['http://localhost:3000'] } },
  derive: (claims) => ({ entitlements: { roles: claims.roles as string[] } }),
})
`
}

function property(application: string): string {
  return /^[a-z]\w*$/.test(application) ? application : `'${application}'`
}

function environmentFile(variable: string, key: string): string {
  return `# The gateway: encrypts its signing keys, signs logins, keys the hashes in audit and logs.
SINGLE_STATE_SECRET=${createSecret()}

# One key per application, as gateway.config.ts reads them.
${variable}=${key}

# The application in this folder.
SINGLE_STATE_GATEWAY=http://localhost:4400
SINGLE_STATE_KEY=${key}
`
}
