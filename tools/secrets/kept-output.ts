import { appendFileSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder for what the tests' gateways and servers say. `npm test` sets it; without it nothing is kept. */
export const keptOutputVariable = 'KEPT_OUTPUT_FOLDER'

/** Keeps what one source of a test run has said, for the search at its end. A source that hands over pieces of lines needs a name of its own. */
export function keepOutput(source: string, text: string): void {
  const folder = process.env[keptOutputVariable]
  if (folder) appendFileSync(join(folder, `${source} of ${process.pid}.txt`), text)
}

/** Everything that was kept in a folder, by its source. */
export function readKeptOutput(folder: string): readonly { readonly source: string; readonly text: string }[] {
  const files = globSync('*.txt', { cwd: folder }).sort()
  return files.map((file) => ({ source: file.slice(0, -'.txt'.length), text: readFileSync(join(folder, file), 'utf8') }))
}
