import { describe, expect, it } from 'vitest'
import { freezingPlatform } from './runtime.ts'

const node = { versions: { node: '24.0.0' }, env: {} }

describe('freezingPlatform', () => {
  it('is null in a long-running Node.js process, also in one with variables that are set but empty', () => {
    expect(freezingPlatform({ process: node, navigator: { userAgent: 'Node.js/24' } })).toBeNull()
    expect(freezingPlatform({ process: { ...node, env: { VERCEL: '', NETLIFY: undefined } } })).toBeNull()
    expect(freezingPlatform(globalThis)).toBeNull()
  })

  it.each([
    ['Vercel', 'VERCEL', '1'],
    ['AWS Lambda', 'AWS_LAMBDA_FUNCTION_NAME', 'portal'],
    ['Netlify', 'NETLIFY', 'true'],
    ['Cloud Run', 'K_SERVICE', 'portal'],
    ['Azure Functions', 'FUNCTIONS_WORKER_RUNTIME', 'node'],
    ['Deno Deploy', 'DENO_DEPLOYMENT_ID', 'abc'],
  ])('names %s by %s', (platform, name, value) => {
    expect(freezingPlatform({ process: { ...node, env: { [name]: value } } })).toBe(platform)
  })

  it('names edge runtimes, workers, and whatever is not Node.js', () => {
    expect(freezingPlatform({ EdgeRuntime: 'edge-runtime', process: node })).toBe('an edge runtime')
    expect(freezingPlatform({ navigator: { userAgent: 'Cloudflare-Workers' }, process: node })).toBe('Cloudflare Workers')
    expect(freezingPlatform({})).toBe('a runtime other than Node.js')
  })
})
