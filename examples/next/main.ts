import { createServer } from 'node:http'

// Next.js chooses its own parts by it, as it is loaded.
Object.assign(process.env, { NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' })
const { default: next } = await import('next')

const port = Number(process.env['PORT'] ?? 4_412)
const application = next({ dev: false, dir: import.meta.dirname, hostname: 'localhost', port })
await application.prepare()
const handle = application.getRequestHandler()
const server = createServer((request, response) => void handle(request, response))
server.listen(port, 'localhost', () => console.log(`workspace at http://localhost:${port}`))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close().closeAllConnections()
    void application.close()
  })
}
