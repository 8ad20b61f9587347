import { fileSink } from './file-sink.ts'
import type { AuditSink } from './sink.ts'

/**
 * The sink that a configuration names: `'stdout'`, `'file:<path>'`, or one that was made already.
 *
 * @throws TypeError naming the option `audit.sink` for anything else.
 */
export function openSink(sink: string | AuditSink, stdout: { write(line: string): void }): AuditSink {
  if (typeof sink === 'object' && typeof sink?.write === 'function' && typeof sink.last === 'function') return sink
  if (sink === 'stdout') return streamSink(stdout)
  const path = typeof sink === 'string' && sink.startsWith('file:') ? sink.slice('file:'.length) : ''
  if (path === '') throw new TypeError(`audit.sink: expected 'stdout', 'file:<path>' or a sink, found ${JSON.stringify(sink)}`)
  return fileSink(path)
}

function streamSink(stream: { write(line: string): void }): AuditSink {
  return {
    name: 'stdout',
    last: async () => null,
    write: async (records) => {
      for (const record of records) stream.write(`${JSON.stringify({ audit: record })}\n`)
    },
  }
}
