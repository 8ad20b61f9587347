import { describe, expect, it, vi } from 'vitest'
import { manualClock } from '../fixtures/manual-clock.ts'
import { openScene, turn } from '../fixtures/scene.ts'
import { type ClientLogEntry, consoleLog, createReport, guardedLog } from './log.ts'

function openReport() {
  const clock = manualClock()
  const entries: ClientLogEntry[] = []
  return { clock, entries, report: createReport((entry) => entries.push(entry), clock) }
}

describe('createReport', () => {
  it('hands message and cause to the log', () => {
    const { entries, report } = openReport()
    const cause = new Error('why')
    report('store_unavailable', 'what', cause)
    report('contract_mismatch', 'what else')
    expect(entries).toEqual([
      { level: 'error', message: 'what', cause },
      { level: 'error', message: 'what else' },
    ])
  })

  it('reports a code again after 5 s, and others meanwhile', () => {
    const { clock, entries, report } = openReport()
    report('store_unavailable', 'first')
    clock.advance(4_999)
    report('store_unavailable', 'too soon')
    report('internal_error', 'another')
    clock.advance(1)
    report('store_unavailable', 'again')
    expect(entries.map(({ message }) => message)).toEqual(['first', 'another', 'again'])
  })
})

describe('guardedLog', () => {
  it('drops what a log throws, and what it rejects with', async () => {
    const unhandled: unknown[] = []
    const seen = (error: unknown) => unhandled.push(error)
    process.on('unhandledRejection', seen)
    const failing = [
      () => {
        throw new Error('disk full')
      },
      () => Promise.reject(new Error('log service away')),
    ]
    for (const log of failing) guardedLog(log)({ level: 'error', message: 'what' })
    await turn()
    process.off('unhandledRejection', seen)
    expect(unhandled).toEqual([])
  })

  it('is what every report and warning of a client goes through', async () => {
    const log = () => {
      throw new Error('disk full')
    }
    const globals = { process: { env: { VERCEL: '1' } } }
    const { gateway, open } = await openScene({ log, defaults: { freshness: 'live' } }, { globals })
    const reading = open().resolve()
    ;(await gateway.next()).disconnect()
    expect(await reading).toMatchObject({ status: 'unavailable' })
  })
})

describe('consoleLog', () => {
  it('writes one line to the console, with the cause where there is one', () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const cause = new Error('why')
    consoleLog({ level: 'error', message: 'what' })
    consoleLog({ level: 'error', message: 'what', cause })
    expect(error.mock.calls).toEqual([['single-state: what'], ['single-state: what', cause]])
    error.mockRestore()
  })
})
