// One application of one variant: node application-process.ts <folder>
// Reads order.json there and writes ready.json when it listens: its port and the cookies to send.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import express from 'express'
import { Hono } from 'hono'
import { announce, readOrder } from '../measure/orders.ts'
import type { Mounts, VariantParts } from './variant.ts'
import { variants } from './variants.ts'

/** What the runner asks for. */
export interface ApplicationOrder extends VariantParts {
  readonly variant: string
  readonly framework: 'express' | 'hono'
  readonly count: number
}

const { variant, framework, count, ...parts } = await readOrder<ApplicationOrder>()
const wanted = variants.find(({ name }) => name === variant)
if (wanted === undefined) throw new TypeError(`no variant is called ${variant}`)
const mounts = await wanted.prepare(parts, count)
const server = createServer(listenerOf(mounts)).listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  void announce({ port, cookies: mounts.cookies })
})
process.once('SIGTERM', () => process.exit(0))

function listenerOf(mounts: Mounts) {
  const missing = new TypeError(`${variant} has no adapter for ${framework}`)
  if (framework === 'express') {
    const app = express()
    app.disable('x-powered-by')
    if (!mounts.express) throw missing
    mounts.express(app)
    return app
  }
  const app = new Hono()
  if (!mounts.hono) throw missing
  mounts.hono(app)
  return getRequestListener(app.fetch)
}
