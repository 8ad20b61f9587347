import { expect, it } from 'vitest'
import { configOf } from '../fixtures/test-gateway.ts'
import { createTestTerminal } from '../fixtures/test-terminal.ts'
import { memoryStore } from '../stores/memory.ts'
import { serveUntilStopped } from './start-gateway.ts'

const start = { hostname: '127.0.0.1', port: 0, say: () => undefined, welcome: () => [], options: { logTo: { write: () => undefined } } }

it('closes the store that its configuration has opened, so that nothing keeps the process alive', async () => {
  const store = memoryStore()
  const terminal = createTestTerminal({ stopped: async () => undefined })
  expect(await serveUntilStopped(configOf({ store }), terminal, start)).toBe(0)
  await expect(store.health()).rejects.toThrow('memory: the store is closed')
})

it('closes it too when it cannot start, so that whoever watches the process sees it end', async () => {
  const store = memoryStore()
  const unlucky = { ...store, signingKeys: () => Promise.reject(new Error('no answer')) }
  await expect(serveUntilStopped(configOf({ store: unlucky }), createTestTerminal(), start)).rejects.toThrow('no answer')
  await expect(store.health()).rejects.toThrow('memory: the store is closed')
})
