import { type FileHandle, open } from 'node:fs/promises'
import type { AuditMark, AuditSink } from './sink.ts'

/** 256 KiB: several times the longest record. */
const tailBytes = 256 * 1024

/**
 * A file with one JSON record per line, opened anew for each batch, so that it may be moved away at any time. Its own last
 * line says where to go on.
 */
export function fileSink(path: string): AuditSink {
  let isWriting = false
  return {
    name: `file:${path}`,
    last: () => onFile(path, async (file) => lastIn(await tailOf(file))),
    write: async (records) => {
      // A disk that hangs may go on with a batch that was given up: two at once would run into each other.
      if (isWriting) throw new Error('the batch before is still being written')
      isWriting = true
      try {
        await onFile(path, (file) => append(file, records.map((record) => `${JSON.stringify(record)}\n`).join('')))
      } finally {
        isWriting = false
      }
    },
  }
}

async function append(file: FileHandle, lines: string): Promise<void> {
  const tail = await tailOf(file)
  // A line that was cut short, by a crash or a full disk, is ended first.
  const start = tail === '' || tail.endsWith('\n') ? '' : '\n'
  // Not `write`, which may write less than it was given.
  await file.appendFile(start + lines)
  await file.datasync()
}

async function onFile<Answer>(path: string, use: (file: FileHandle) => Promise<Answer>): Promise<Answer> {
  const file = await open(path, 'a+', 0o600)
  try {
    return await use(file)
  } finally {
    await file.close()
  }
}

async function tailOf(file: FileHandle): Promise<string> {
  const { size } = await file.stat()
  const length = Math.min(size, tailBytes)
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length)
  return buffer.toString('utf8')
}

function lastIn(tail: string): AuditMark | 'empty' {
  for (const line of tail.split('\n').reverse()) {
    const mark = markOf(line)
    if (mark !== null) return mark
  }
  return 'empty'
}

function markOf(line: string): AuditMark | null {
  try {
    const { seq, at } = JSON.parse(line)
    return Number.isSafeInteger(seq) && typeof at === 'string' ? { seq, at } : null
  } catch {
    return null
  }
}
