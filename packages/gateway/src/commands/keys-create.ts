import { createHash, randomBytes } from 'node:crypto'
import { createEncryptionKey } from '../encryption/encryption-keys.ts'
import { applicationName } from './application-name.ts'
import { type Command, type CommandInput, expectNoPositionals, type Terminal, UsageError } from './command.ts'

/** `ss_<application>_` and 43 characters: a wrong key can be named, and secret scanners find it. */
export function createKey(application: string): string {
  return `ss_${application}_${randomBytes(32).toString('base64url')}`
}

/** What the gateway may be given in place of the key. */
export function hashOfKey(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}

/** 32 random bytes for `SINGLE_STATE_SECRET`. */
export function createSecret(): string {
  return randomBytes(32).toString('base64url')
}

export const keysCreate: Command = {
  name: 'keys create',
  summary: 'Prints a new application key and its hash, once; or a secret or an encryption key for the gateway.',
  usage: '<application> | --secret | --encryption [--json]',
  options: {
    secret: { type: 'boolean', help: "print a value for the gateway's SINGLE_STATE_SECRET instead" },
    encryption: { type: 'boolean', help: "print a key for the gateway's encryption.keys instead" },
    json: { type: 'boolean', help: 'for programs' },
  },
  async run(input, terminal) {
    if (input.flag('secret') && input.flag('encryption')) throw new UsageError('expected --secret or --encryption, found both')
    if (input.flag('secret')) return printSecret('secret', createSecret(), input, terminal)
    if (input.flag('encryption')) return printSecret('encryptionKey', createEncryptionKey(), input, terminal)
    const [name, ...more] = input.positionals
    if (!name || more.length > 0) throw new UsageError('expected the name of one application')
    const application = applicationName(name)
    const key = createKey(application)
    const hash = hashOfKey(key)
    if (input.flag('json')) {
      terminal.out(JSON.stringify({ application, key, hash }))
      return 0
    }
    terminal.out(`key   ${key}`)
    terminal.out(`hash  ${hash}`)
    terminal.out(
      `\nGive the key to ${application} as SINGLE_STATE_KEY; it is not shown again. The gateway's configuration takes the hash or the key.`,
    )
    return 0
  },
}

function printSecret(name: string, secret: string, input: CommandInput, terminal: Terminal): number {
  expectNoPositionals(input)
  terminal.out(input.flag('json') ? JSON.stringify({ [name]: secret }) : secret)
  return 0
}
