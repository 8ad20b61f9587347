import { serve } from '@hono/node-server'
import { app } from './app.ts'

const port = Number(process.env['PORT'] ?? 4_413)
const server = serve({ fetch: app.fetch, port, hostname: 'localhost' }, () => console.log(`administration at http://localhost:${port}`))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
}
