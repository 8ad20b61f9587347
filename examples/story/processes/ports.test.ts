import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { busyPart, freeBase, offsets, portBaseOf } from './ports.ts'

describe('the ports', () => {
  it('are free at the base that is found', async () => {
    expect(await busyPart(await freeBase())).toBeNull()
  })

  it.each(['127.0.0.1', '::1'])('name the part whose port somebody has at %s', async (host) => {
    const base = await freeBase()
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(base + offsets.portal, host, resolve))
    expect(await busyPart(base)).toBe('portal')
    await new Promise((resolve) => server.close(resolve))
    expect(await busyPart(base)).toBeNull()
  })

  it('begin at 4400 unless the environment says otherwise', () => {
    expect([portBaseOf({}), portBaseOf({ PORT_BASE: '5000' })]).toEqual([4_400, 5_000])
  })

  it.each(['', 'abc', '80', '4400.5', '65530', '-1'])('refuse a base of %j', (text) => {
    expect(() => portBaseOf({ PORT_BASE: text })).toThrow('PORT_BASE: expected a whole number from 1024 to 65522')
  })
})
