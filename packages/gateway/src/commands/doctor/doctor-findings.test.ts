import { describe, expect, it } from 'vitest'
import { checkConfig } from '../../configure.ts'
import { configOf, openTestGateway, startMs } from '../../fixtures/test-gateway.ts'
import { memoryStore } from '../../stores/memory.ts'
import { clockFinding } from './clock.ts'
import { configurationFindings, cookieFinding, encryptionFinding, nodeFinding } from './configuration.ts'
import type { Finding } from './finding.ts'
import { keyFindings } from './keys.ts'
import { storeFindings } from './store.ts'

const keyOfFill = (fill: number) => `sse_${Buffer.alloc(32, fill).toString('base64url')}`
const checked = (overrides: Parameters<typeof configOf>[0] = {}, env = {}) => checkConfig(configOf(overrides), env)
const levels = (findings: readonly Finding[]) => findings.map(({ check, level }) => `${check} ${level}`)

describe('nodeFinding', () => {
  it.each<[version: string, level: Finding['level']]>([
    ['22.19.0', 'ok'],
    ['22.18.9', 'fail'],
    ['24.11.0', 'ok'],
    ['24.10.1', 'fail'],
    ['26.0.0', 'ok'],
    ['20.20.0', 'fail'],
    ['25.4.0', 'warn'],
  ])('%s: %s', (version, level) => expect(nodeFinding(version).level).toBe(level))
})

describe('clockFinding', () => {
  const finding = (nowMs: number, stepMs = 1) =>
    clockFinding({ whose: 'the store', nowMs, askedAtMs: 100_000, answeredAtMs: 100_200, stepMs })
  it.each<[nowMs: number, level: Finding['level']]>([
    [100_100, 'ok'],
    [101_199, 'ok'],
    [99_001, 'ok'],
    [101_200, 'warn'],
    [98_000, 'warn'],
    [105_200, 'fail'],
    [94_000, 'fail'],
  ])('a clock that says %i between 100000 and 100200 is %s', (nowMs, level) => expect(finding(nowMs).level).toBe(level))

  it('forgives a clock of whole seconds what it cannot tell', () => {
    expect(finding(98_100).level).toBe('warn')
    expect(finding(98_100, 1_000).level).toBe('ok')
  })
})

describe('what the configuration shows', () => {
  it('is judged by where it runs', () => {
    expect(levels(configurationFindings(checked()))).toEqual(['configuration ok', 'configuration ok', 'configuration ok'])
    expect(cookieFinding(checked()).found).toBe('__Host-session, received by localhost alone')
    expect(encryptionFinding(checked()).level).toBe('ok')
    const inProduction = { ...checked(), production: true }
    expect(encryptionFinding(inProduction)).toMatchObject({ level: 'warn', fix: expect.stringContaining('keys create --encryption') })
  })

  it('warns of plain documents that are still believed, and of keys that nothing needs', () => {
    const [newest, older, oldest] = [1, 2, 3].map(keyOfFill)
    expect(encryptionFinding(checked({ encryption: { keys: [newest, older] } })).level).toBe('ok')
    expect(encryptionFinding(checked({ encryption: { keys: [newest, older, oldest] } })).level).toBe('warn')
    expect(encryptionFinding(checked({ encryption: { keys: [newest], allowPlain: true } })).level).toBe('warn')
  })
})

describe('keyFindings', () => {
  it('makes no key, opens what there is, and says how old it is', async () => {
    const store = memoryStore({ clock: () => startMs })
    expect(levels(await keyFindings(store, checked(), startMs))).toEqual(['keys ok'])
    expect((await store.signingKeys()).keys).toEqual([])
    await openTestGateway({ store })
    expect(levels(await keyFindings(store, checked(), startMs))).toEqual(['keys ok', 'keys ok'])
    const later = await keyFindings(store, checked(), startMs + 91 * 86_400_000)
    expect(later.at(-1)).toMatchObject({ level: 'warn', found: 'the newest signs since 91d', fix: expect.stringContaining('keys rotate') })
  })

  it('fails for another secret, and shows none', async () => {
    const store = memoryStore({ clock: () => startMs })
    await openTestGateway({ store })
    const secret = 'another secret that is long enough!'
    const findings = await keyFindings(store, checked({ secret }), startMs)
    expect(levels(findings)).toEqual(['keys fail'])
    expect(JSON.stringify(findings)).not.toContain(secret)
  })
})

describe('storeFindings', () => {
  it('fails for a store that takes no writes, and passes its own notes on', async () => {
    const inner = memoryStore()
    const note = { level: 'fail' as const, found: 'the replica is away', fix: 'start it' }
    const store = { ...inner, health: async () => ({ ...(await inner.health()), writable: false }), diagnose: async () => [note] }
    const config = configOf({ store })
    const findings = await storeFindings(config, checked(), false)
    expect(findings.filter(({ level }) => level === 'fail').map(({ found }) => found)).toEqual([
      'memory answers, and its last write failed',
      'the replica is away',
    ])
    // The process ends after it: what stays open would hold it.
    await expect(inner.health()).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('fails for one that does not answer, with the reason', async () => {
    const store = memoryStore()
    await store.close()
    expect(await storeFindings(configOf({ store }), checked(), false)).toMatchObject([{ check: 'store', level: 'fail' }])
  })
})
