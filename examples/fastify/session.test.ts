import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { adapterContract, serveNode } from '@single-state/testing/adapter-contract'
import { describe, expect, it } from 'vitest'
import { fastifyApplication } from './fastify-fixture.ts'

adapterContract(
  { describe, it },
  {
    name: 'Fastify 5',
    start: async (given) => {
      const app = await fastifyApplication(given)
      await app.ready()
      const served = await serveNode(app.routing, given.origin)
      return {
        fetch: served.fetch,
        close: async () => {
          await served.close()
          await app.close()
        },
      }
    },
  },
)

describe('the Fastify adapter', () => {
  const source = readFileSync(join(import.meta.dirname, 'session.ts'), 'utf8')

  it('is what the guide to writing an adapter shows, letter by letter', () => {
    const guide = readFileSync(join(import.meta.dirname, '../../docs/guides/write-an-adapter.md'), 'utf8')
    expect(guide).toContain(`\`\`\`ts\n// session.ts\n${source}\`\`\``)
  })

  it('needs nothing of core but the door for adapters, and no more than sixty lines', () => {
    const imported = [...source.matchAll(/ from '(.+)'$/gm)].map(([, specifier]) => specifier)
    expect(new Set(imported)).toEqual(new Set(['@single-state/core/adapter', 'fastify']))
    expect(source.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })
})
