import type { Adapter, AdapterPayload } from 'oidc-provider'

interface Entry {
  readonly payload: AdapterPayload
  readonly expiresAtMs: number
}

/** 8 hours, for what the provider gives no life. */
const sessionSeconds = 28_800

/** Plenty for a demonstration; the oldest entry is forgotten first. */
const mostEntries = 10_000

/** Keeps what the provider must remember until the process ends. Each call makes a memory of its own. */
export function memoryAdapters(): (model: string) => Adapter {
  const entries = new Map<string, Entry>()

  function read(key: string): AdapterPayload | undefined {
    const entry = entries.get(key)
    if (entry && entry.expiresAtMs > Date.now()) return entry.payload
    entries.delete(key)
    return undefined
  }

  function write(key: string, payload: AdapterPayload, expiresInS: number): void {
    const [oldest] = entries.keys()
    if (entries.size >= mostEntries && oldest !== undefined) entries.delete(oldest)
    entries.set(key, { payload, expiresAtMs: Date.now() + expiresInS * 1_000 })
  }

  function findBy(model: string, member: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
    const found = [...entries].find(([key, { payload }]) => key.startsWith(`${model}:`) && payload[member] === value)
    return found && read(found[0])
  }

  return (model) => ({
    upsert: async (id, payload, expiresInS = sessionSeconds) => write(`${model}:${id}`, payload, expiresInS),
    find: async (id) => read(`${model}:${id}`),
    findByUid: async (uid) => findBy(model, 'uid', uid),
    findByUserCode: async (userCode) => findBy(model, 'userCode', userCode),
    consume: async (id) => {
      const payload = read(`${model}:${id}`)
      if (payload) payload.consumed = Math.floor(Date.now() / 1_000)
    },
    destroy: async (id) => {
      entries.delete(`${model}:${id}`)
    },
    revokeByGrantId: async (grantId) => {
      for (const [key, { payload }] of entries) if (payload.grantId === grantId) entries.delete(key)
    },
  })
}
