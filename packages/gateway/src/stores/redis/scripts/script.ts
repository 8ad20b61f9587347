import { createHash } from 'node:crypto'
import { prelude } from './prelude.ts'

/** A Lua script and the name that a Redis knows it by. */
export interface Script {
  readonly lua: string
  readonly sha: string
}

/** A script of one verb: what all of them share, then its own lines. */
export function verbScript(lines: string): Script {
  return plainScript(`${prelude}\n${lines}`)
}

/** A script that stands alone. */
export function plainScript(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}
