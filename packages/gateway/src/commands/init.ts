import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { applicationName } from './application-name.ts'
import { type Command, CommandError, expectNoPositionals, UsageError } from './command.ts'
import { createKey, createSecret } from './keys-create.ts'
import { prepareProject, readManifest } from './prepare-project.ts'

export const init: Command = {
  name: 'init',
  summary: 'Writes contract.ts, gateway.config.ts and .env into this folder: a gateway to develop with.',
  usage: '[--application <name>] [--name <organisation>]',
  options: {
    application: { type: 'string', help: 'the first application (default: portal)' },
    name: { type: 'string', help: "the contract's name (default: acme)" },
  },
  async run(input, { cwd, out }) {
    expectNoPositionals(input)
    const application = applicationName(input.text('application') ?? 'portal')
    const organisation = input.text('name') ?? 'acme'
    if (!/^[a-z0-9][a-z0-9-]{0,63}$/.test(organisation)) throw new UsageError(`not the name of a contract: "${organisation}"`)
    // Read before anything is written, so that what cannot be read leaves the folder as it was.
    const manifest = readManifest(cwd)
    write(cwd, filesOf(application, organisation))
    out('contract.ts        what a session is, and what each application may see of it')
    out('gateway.config.ts  the gateway: store, people, applications')
    out('.env               keys and secrets; one key per application')
    for (const line of prepareProject(cwd, manifest)) out(line)
    out('\nNext: npx single-state dev')
    return 0
  },
}

function filesOf(application: string, organisation: string): Readonly<Record<string, string>> {
  const variable = `${application.toUpperCase().replaceAll('-', '_')}_KEY`
  return {
    'contract.ts': contractFile(application, organisation),
    'gateway.config.ts': gatewayFile(application, variable),
    '.env': environmentFile(variable, createKey(application)),
  }
}

/** All or none: a folder that has one of the files already is somebody's work. */
function write(folder: string, files: Readonly<Record<string, string>>): void {
  const there = Object.keys(files).filter((name) => existsSync(join(folder, name)))
  if (there.length > 0) {
    const [exist, them] = there.length === 1 ? ['exists', 'it'] : ['exist', 'them']
    throw new CommandError(`${there.join(', ')} ${exist} already; nothing was written. Move ${them} away, or begin in an empty folder`)
  }
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content, { flag: 'wx', mode: name === '.env' ? 0o600 : 0o644 })
  }
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
  // Or your own provider, with oidc in place of developmentPeople above:
  // idp: oidc({ issuer: 'https://login.example.com', clientId: 'gateway', clientSecret: process.env.OIDC_SECRET }),
  applications: { ${property(application)}: { key: process.env.${variable}, origins: ['http://localhost:3000'] } },
  derive: (claims) => ({ entitlements: { roles: claims.roles ?? [] } }),
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
