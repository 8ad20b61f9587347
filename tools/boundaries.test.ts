import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** File, what it imports, whether that is allowed: the table of the style guide, each folder from both sides. */
const cases: readonly [file: string, imported: string, allowed: boolean][] = [
  ['packages/core/src/errors.ts', './consistency/version.ts', false],
  ['packages/core/src/consistency/a.ts', './version.ts', true],
  ['packages/core/src/consistency/b.ts', 'zod', false],
  ['packages/core/src/consistency/c.ts', '../contract/paths.ts', false],
  ['packages/core/src/consistency/d.ts', 'node:crypto', false],
  ['packages/core/src/document/a.ts', 'zod', true],
  ['packages/core/src/document/b.ts', '../consistency/version.ts', true],
  ['packages/core/src/document/c.ts', 'jose', false],
  ['packages/core/src/contract/a.ts', '../client/transport.ts', false],
  ['packages/core/src/cache/a.ts', 'lru-cache', true],
  ['packages/core/src/cache/b.ts', '../client/transport.ts', false],
  ['packages/core/src/client/a.ts', 'jose', true],
  ['packages/core/src/client/b.ts', '../http/cookie.ts', false],
  ['packages/core/src/client/c.ts', 'undici', false],
  ['packages/core/src/http/a.ts', '../client/transport.ts', true],
  ['packages/core/src/http/b.ts', '../node/request-head.ts', false],
  ['packages/core/src/node/a.ts', 'undici', true],
  ['packages/core/src/node/b.ts', 'node:stream/web', true],
  ['packages/core/src/node/c.ts', 'express', false],
  ['packages/core/src/index.ts', './http/cookie.ts', true],
  ['packages/core/src/adapter.ts', './node/request-head.ts', false],
  ['packages/core/src/node.ts', './node/request-head.ts', true],
  ['packages/express/src/a.ts', '@single-state/core/node', true],
  ['packages/express/src/b.ts', '@single-state/core/protocol', false],
  ['packages/express/src/c.ts', 'node:http', false],
  ['packages/hono/src/a.ts', 'hono/factory', true],
  ['packages/hono/src/b.ts', '@single-state/core/node', false],
  ['packages/next/src/a.ts', 'next/headers.js', true],
  ['packages/next/src/b.ts', '@single-state/core/node', true],
  ['packages/next/src/c.ts', '@single-state/core/protocol', false],
  ['packages/next/src/d.ts', 'react', false],
  ['packages/gateway/src/routes/a.ts', '@single-state/core/protocol', true],
  ['packages/gateway/src/routes/b.ts', 'better-sqlite3', false],
  ['packages/gateway/src/routes/c.ts', 'openid-client', false],
  ['packages/gateway/src/routes/d.ts', 'pino', false],
  ['packages/gateway/src/routes/e.ts', '../../../core/src/index.ts', false],
  ['packages/gateway/src/policy/cookie-scope.ts', 'tldts', true],
  ['packages/gateway/src/policy/applications.ts', 'tldts', false],
  ['packages/gateway/src/recent.ts', 'lru-cache', true],
  ['packages/gateway/src/policy/applications.ts', 'lru-cache', false],
  ['packages/gateway/src/stores/sqlite-extra.ts', 'better-sqlite3', true],
  ['packages/gateway/src/stores/memory-extra.ts', 'better-sqlite3', false],
  ['packages/gateway/src/oidc/oidc.ts', 'openid-client', true],
  ['packages/gateway/src/oidc/login.ts', 'openid-client', false],
  ['packages/gateway/src/telemetry/a.ts', 'prom-client', true],
  ['packages/gateway/src/a.ts', '@single-state/testing', false],
  ['packages/gateway/src/a.test.ts', '@single-state/testing', false],
  ['packages/gateway/src/b.test.ts', 'vitest', true],
  ['packages/testing/src/a.ts', '@single-state/gateway', true],
  ['packages/testing/src/b.ts', 'vitest', false],
  ['packages/testing/src/msw.ts', 'msw', true],
  ['packages/testing/src/c.ts', 'express', false],
  ['examples/portal/a.ts', '@single-state/express', true],
  ['examples/portal/b.ts', '../../packages/core/src/index.ts', false],
]

describe('import boundaries', () => {
  const refused = lint()
  for (const [file, imported, allowed] of cases) {
    it(`${allowed ? 'lets' : 'does not let'} ${file} import ${imported}`, () => {
      expect(refused.has(file)).toBe(!allowed)
    })
  }
})

/** The files in which the linter finds a restricted import, when each holds the one import of its row. */
function lint(): Set<string> {
  const folder = mkdtempSync(join(tmpdir(), 'single-state-boundaries-'))
  try {
    writeFileSync(join(folder, 'biome.json'), JSON.stringify({ extends: [join(import.meta.dirname, 'boundaries.json')] }))
    for (const [file, imported] of cases) {
      mkdirSync(dirname(join(folder, file)), { recursive: true })
      writeFileSync(join(folder, file), `import type { A } from '${imported}'\nexport type B = A\n`)
    }
    const parameters = ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.']
    const { stdout } = spawnSync('biome', parameters, { cwd: folder, encoding: 'utf8', shell: process.platform === 'win32' })
    const { diagnostics } = JSON.parse(stdout.split('\n')[0] ?? '') as { diagnostics: { location: { path: string } }[] }
    return new Set(diagnostics.map(({ location }) => location.path))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
