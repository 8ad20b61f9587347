import { app } from './app.ts'

const port = Number(process.env['PORT'] ?? 4_410)
const server = app.listen(port, 'localhost', (error) => {
  if (error) throw error
  console.log(`portal at http://localhost:${port}`)
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => server.close().closeAllConnections())
