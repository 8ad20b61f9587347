import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { digestOf } from './sources.ts'
import { isBuiltFrom, stampBuild } from './stamp.ts'

let root: string

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'single-state-sources-'))
  mkdirSync(join(root, 'app/.next'), { recursive: true })
  writeFileSync(join(root, 'pnpm-lock.yaml'), '')
  writeFileSync(join(root, 'app/page.tsx'), 'one')
})
afterEach(() => rmSync(root, { recursive: true }))

const digest = () => digestOf(root, ['app'])

describe('the digest of the sources', () => {
  it.each(['app/page.tsx', 'app/new.tsx', 'pnpm-lock.yaml'])('is another one after a change of %s', (file) => {
    const before = digest()
    expect(digest()).toBe(before)
    writeFileSync(join(root, file), 'two')
    expect(digest()).not.toBe(before)
  })

  it.each(['app/.next/made.js', 'app/next-env.d.ts', 'app/page.test.ts'])('does not mind %s', (file) => {
    const before = digest()
    writeFileSync(join(root, file), 'two')
    expect(digest()).toBe(before)
  })
})

describe('a build', () => {
  it('is out of date without a stamp, and with that of other sources', () => {
    const folder = join(root, 'app')
    expect(isBuiltFrom(folder, digest())).toBe(false)
    stampBuild(folder, digest())
    expect(isBuiltFrom(folder, digest())).toBe(true)
    writeFileSync(join(folder, 'page.tsx'), 'two')
    expect(isBuiltFrom(folder, digest())).toBe(false)
  })
})
