import { createGateway, serveGateway } from '@single-state/gateway'
import config from './gateway.config.ts'

const gateway = await createGateway(config)
const server = await serveGateway(gateway, { port: Number(new URL(gateway.origin).port), drainMs: 2_000 })
for (const line of gateway.describe()) console.log(line)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
