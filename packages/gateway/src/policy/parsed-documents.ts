import { type AnyContract, parseStored, type StoredDocument } from '@single-state/core/protocol'

/** 1,000 documents of 8 KiB: some 16 MB at worst. */
const mostDocuments = 1_000

/** Reads stored documents, and remembers what it made of the texts it met last. */
export interface ParsedDocuments {
  readonly read: (id: string, body: string) => StoredDocument
}

/**
 * Keeps parsed documents by session and whole text, so that an unchanged session is not parsed again and a text that was
 * tampered with is never taken for the one that was there before.
 */
export function createParsedDocuments(contract: AnyContract): ParsedDocuments {
  const held = new Map<string, StoredDocument>()
  return {
    read: (id, body) => {
      const key = `${id}\n${body}`
      const document = held.get(key) ?? parseStored(contract, id, body)
      held.delete(key)
      held.set(key, document)
      if (held.size > mostDocuments) held.delete(held.keys().next().value as string)
      return document
    },
  }
}
