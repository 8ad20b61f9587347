import type { Heard, KnownReaders, Reader } from '../store.ts'
import { decodeText } from './text.ts'

/** The name of the row whose mark tells one registry from the next; no process is called so. */
const registryName = ''

/** The values of `hear`. */
export function hearValues({ mark, readers, forget }: Heard): readonly unknown[] {
  return [
    ...[forget.map((reader) => reader.process), forget.map((reader) => reader.mark)],
    ...[readers.map((reader) => reader.process), readers.map(({ epoch }) => epoch), readers.map(({ seq }) => seq), mark],
  ]
}

/** The rows of `readers`. */
export function knownReaders(rows: readonly Reader[]): KnownReaders {
  const all = rows.map((row) => ({ ...row, process: decodeText(row.process), epoch: decodeText(row.epoch), mark: decodeText(row.mark) }))
  return {
    registry: all.find(({ process }) => process === registryName)?.mark ?? '',
    readers: all.filter(({ process }) => process !== registryName),
  }
}
