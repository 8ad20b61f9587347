import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const key = (application: string) => z.string().regex(new RegExp(`^ss_${application}_[\\w-]{43}$`))
const secretsSchema = z.object({
  gateway: z.string().min(32),
  provider: z.string().min(32),
  keys: z.object({ portal: key('portal'), billing: key('billing'), workspace: key('workspace'), admin: key('admin') }),
})

/** What the parts prove themselves to each other with. */
export type Secrets = z.output<typeof secretsSchema>

/**
 * The secrets that lie beside the data, made at first use: the store's keys are encrypted with one of them.
 *
 * @throws Error when the file holds something else.
 */
export function secretsIn(folder: string): Secrets {
  const file = join(folder, 'secrets.json')
  if (!existsSync(file)) writeFileSync(file, JSON.stringify(newSecrets(), null, 2), { mode: 0o600 })
  const secrets = secretsSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')))
  if (secrets.success) return secrets.data
  throw new Error(`${file}: expected the secrets of a demonstration; remove the file to have them made anew`)
}

function newSecrets(): Secrets {
  const random = () => randomBytes(32).toString('base64url')
  const newKey = (application: string) => `ss_${application}_${random()}`
  const keys = { portal: newKey('portal'), billing: newKey('billing'), workspace: newKey('workspace'), admin: newKey('admin') }
  return { gateway: random(), provider: random(), keys }
}
