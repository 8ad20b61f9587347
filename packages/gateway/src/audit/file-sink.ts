import { type FileHandle, open } from 'node:fs/promises'
import type { AuditSink } from './sink.ts'

/** 256 KiB: several times the longest record. */
const tailBytes = 256 * 1024

/**
 * A file with one JSON record per line, opened anew for each batch, so that it may be moved away at any time. Its own last
 * line says where to go on.
 */
export function fileSink(path: string): AuditSink {
  return {
    name: `file:${path}`,
    last: () => onFile(path, async (file) => sequenceOf(await tailOf(file))),
    write: (records) =>
      onFile(path, async (file) => {
        const tail = await tailOf(file)
        // A line that a crash cut short is ended first.
        const start = tail === '' || tail.endsWith('\n') ? '' : '\n'
        await file.write(start + records.map((record) => `${JSON.stringify(record)}\n`).join(''))
        await file.datasync()
      }),
  }
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

function sequenceOf(tail: string): number {
  for (const line of tail.split('\n').reverse()) {
    const seq = seqOf(line)
    if (seq !== null) return seq
  }
  return 0
}

function seqOf(line: string): number | null {
  try {
    const { seq } = JSON.parse(line)
    return Number.isSafeInteger(seq) ? seq : null
  } catch {
    return null
  }
}
