import { registerHooks } from 'node:module'
import type { Mutant } from './mutants.ts'

const root = new URL('../../', import.meta.url)

/**
 * Has this process load one file of the product with a rule broken, before anything of the product is loaded.
 *
 * @throws Error when the file is loaded and a line is not there exactly once: a mutant that changes nothing proves nothing.
 */
export function breakRule({ file, lines }: Mutant): { readonly isBroken: () => boolean } {
  const url = new URL(file, root).href
  let isBroken = false
  registerHooks({
    load(loaded, context, nextLoad) {
      const result = nextLoad(loaded, context)
      if (loaded !== url) return result
      isBroken = true
      return { ...result, source: lines.reduce((text, line) => replaced(file, text, line), String(result.source)) }
    },
  })
  return { isBroken: () => isBroken }
}

function replaced(file: string, text: string, [found, instead]: Mutant['lines'][number]): string {
  const parts = text.split(found)
  if (parts.length !== 2) throw new Error(`${file}: expected once ${JSON.stringify(found)}, found it ${parts.length - 1} times`)
  return parts.join(instead)
}
