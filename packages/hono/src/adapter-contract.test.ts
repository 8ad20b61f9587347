import { getRequestListener } from '@hono/node-server'
import { adapterContract, serveNode } from '@single-state/testing/adapter-contract'
import { describe, it } from 'vitest'
import { honoApplication } from './fixtures/hono-fixture.ts'

adapterContract(
  { describe, it },
  {
    name: 'Hono as plain fetch',
    start: (given) => {
      const app = honoApplication(given)
      return { fetch: async (path, init) => app.fetch(new Request(given.origin + path, init)), close: async () => undefined }
    },
  },
)

adapterContract(
  { describe, it },
  {
    name: 'Hono on Node.js',
    start: (given) => serveNode(getRequestListener(honoApplication(given).fetch), given.origin),
  },
)
