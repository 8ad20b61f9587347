import { type AnyContract, type AtOnce, andThen, parseStored, type SessionParts, type StoredSignal } from '@single-state/core/protocol'
import { documentPlace, type Sealing, signalPlace } from '../encryption/sealing.ts'
import { createRecent } from '../recent.ts'
import type { SessionRecord } from '../stores/store.ts'

/** 32 MiB of texts, and what was made of them twice as much: 20,000 sessions of 1.5 KB. One beyond that is parsed at each read. */
export const mostCharacters = 33_554_432

/** What a stored document says, or why it says nothing: it is not valid, or this gateway lacks the key that opens it. */
export type ReadDocument =
  | { readonly kind: 'read'; readonly parts: SessionParts; readonly signals: SessionRecord['signals'] }
  | { readonly kind: 'invalid' | 'locked'; readonly why: string }

type Parsed = { readonly kind: 'parsed'; readonly parts: SessionParts } | Exclude<ReadDocument, { readonly kind: 'read' }>

/** A session as it was met last: it may have changed since. */
export interface MetSession {
  readonly record: SessionRecord
  readonly parts: SessionParts
}

/** Reads stored documents, and remembers what it made of the texts it met last. */
export interface ParsedDocuments {
  readonly read: (record: SessionRecord) => AtOnce<ReadDocument>
  /** What is remembered of a session; null where that is nothing, or no valid document. */
  readonly lastMet: (id: string) => MetSession | null
}

/** What is kept for one session. Its token moves on without its text: the record is the newest that had it. */
interface Held {
  readonly body: string
  readonly parsed: Parsed
  record: SessionRecord
}

/**
 * Keeps parsed documents by session and whole text, so that an unchanged session is neither decrypted nor parsed again and
 * a text that was tampered with is never taken for the one that was there before.
 */
export function createParsedDocuments(contract: AnyContract, sealing: Sealing): ParsedDocuments {
  const documents = createRecent<Held>(mostCharacters, ({ body }) => body.length + 1)
  const signals = createHeld<unknown>()

  /** The whole text is compared: two that have one version may still be different. */
  function parsedOf(record: SessionRecord): AtOnce<Parsed> {
    const held = documents.get(record.id)
    if (held?.body !== record.body) return parseAnew(record)
    held.record = record
    return held.parsed
  }

  async function parseAnew(record: SessionRecord): Promise<Parsed> {
    const { id, body } = record
    const parsed = await parse(id, body)
    documents.set(id, { body, parsed, record })
    return parsed
  }

  async function parse(id: string, body: string): Promise<Parsed> {
    const opened = await sealing.open(documentPlace(id), body)
    if (opened.kind !== 'text') return { kind: opened.kind === 'locked' ? 'locked' : 'invalid', why: opened.why }
    const stored = parseStored(contract, id, opened.text)
    return stored.ok ? { kind: 'parsed', parts: stored.parts } : { kind: 'invalid', why: stored.why }
  }

  /** A signal that does not open is hidden: signals go first (rule 11), and no document is refused for one. */
  async function openSignal(id: string, [name, signal]: [string, StoredSignal]): Promise<[string, StoredSignal][]> {
    const { value: sealed } = signal
    if (typeof sealed !== 'string') return []
    const value = await signals(`${id}\n${name}\n${sealed}`, async () => {
      const opened = await sealing.open(signalPlace(id, name), sealed)
      return opened.kind === 'text' && opened.text !== sealed ? JSON.parse(opened.text) : undefined
    })
    return value === undefined ? [] : [[name, { ...signal, value }]]
  }

  function openSignals({ id, signals: stored }: SessionRecord): AtOnce<SessionRecord['signals']> {
    const entries = Object.entries(stored)
    if (!sealing.on || entries.length === 0) return stored
    return Promise.all(entries.map((entry) => openSignal(id, entry))).then((opened) => Object.fromEntries(opened.flat()))
  }

  return {
    read: (record) =>
      andThen(parsedOf(record), (document): AtOnce<ReadDocument> => {
        if (document.kind !== 'parsed') return document
        return andThen(openSignals(record), (opened) => ({ kind: 'read', parts: document.parts, signals: opened }))
      }),
    lastMet: (id) => {
      const held = documents.get(id)
      return held?.parsed.kind === 'parsed' ? { record: held.record, parts: held.parsed.parts } : null
    },
  }
}

/** 1,000 values of signals, which are few and small. */
export const mostHeld = 1_000

/** Remembers what was made of the keys that were asked for last. What fails is not remembered. */
function createHeld<Value>(): (key: string, make: () => Promise<Value>) => Promise<Value> {
  const held = new Map<string, Value>()
  return async (key, make) => {
    const value = held.has(key) ? (held.get(key) as Value) : await make()
    held.delete(key)
    held.set(key, value)
    if (held.size > mostHeld) held.delete(held.keys().next().value as string)
    return value
  }
}
