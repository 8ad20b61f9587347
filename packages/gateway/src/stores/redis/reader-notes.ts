import type { Heard, Reader } from '../store.ts'
import type { Arguments } from './verb-arguments.ts'

// A note of a reader is the mark and, on a line of its own, where it stands. Lua compares the first line and reads nothing.

/** What `hearScript` is told. */
export function hearArguments({ mark, readers, forget }: Heard): Arguments {
  return [
    forget.length,
    ...forget.flatMap((reader) => [reader.process, `${reader.mark}\n`]),
    ...readers.flatMap(({ process, epoch, seq }) => [process, `${mark}\n${JSON.stringify([epoch, seq])}`]),
  ]
}

/** The readers of a hash, as Redis lists it: name and note by turns. */
export function readersIn(listed: readonly string[]): readonly Reader[] {
  const readers: Reader[] = []
  for (let at = 0; at + 1 < listed.length; at += 2) {
    const note = listed[at + 1] ?? ''
    const end = note.indexOf('\n')
    const [epoch, seq] = JSON.parse(note.slice(end + 1)) as [string, number]
    readers.push({ process: listed[at] ?? '', epoch, seq, mark: note.slice(0, end) })
  }
  return readers
}
