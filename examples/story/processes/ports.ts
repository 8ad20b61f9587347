import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** How far each part is from the base. */
export const offsets = { gateway: 0, idp: 1, portal: 10, billing: 11, workspace: 12, admin: 13 } as const

/** The parts of the demonstration: each a process and a port of its own. */
export type PartName = keyof typeof offsets

/** In the order in which they are started. */
export const partNames = Object.keys(offsets) as PartName[]

/** The first part whose port somebody else has, or null. */
export async function busyPart(base: number): Promise<PartName | null> {
  for (const name of partNames) if (!(await isFree(base + offsets[name]))) return name
  return null
}

/**
 * A base at which every port is free.
 *
 * @throws Error after 20 attempts.
 */
export async function freeBase(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    // Below 32,768 no outgoing connection takes a port between this check and the start of the parts.
    const base = randomInt(600, 1_600) * 20
    if ((await busyPart(base)) === null) return base
  }
  throw new Error('found no six free ports between 12000 and 32000')
}

/**
 * The base that the environment asks for. Default 4,400.
 *
 * @throws TypeError when it is no port.
 */
export function portBaseOf({ PORT_BASE: text }: NodeJS.ProcessEnv): number {
  const base = Number(text ?? 4_400)
  if (Number.isInteger(base) && base >= 1_024 && base + offsets.admin <= 65_535) return base
  throw new TypeError(`PORT_BASE: expected a whole number from 1024 to ${65_535 - offsets.admin}, found ${JSON.stringify(text)}`)
}

/** `localhost` is either of two addresses, and a browser may take the one that a part does not listen on. */
async function isFree(port: number): Promise<boolean> {
  return (await isFreeAt(port, '127.0.0.1')) && (await isFreeAt(port, '::1'))
}

function isFreeAt(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    // A machine without IPv6 has nobody there who could have the port.
    probe.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}
