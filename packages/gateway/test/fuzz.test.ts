import { randomInt } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { operations } from '../src/routes/operations.ts'
import { runFuzz } from './fuzz/run-fuzz.ts'
import { runRaw } from './fuzz/run-raw.ts'

/** How many; `npm run fuzz` sends a million. */
const requests = 20_000
const rawRequests = 480
const seed = randomInt(2 ** 32)

describe('a gateway that is sent what is nearly right', () => {
  it(`answers ${requests} requests as its document says, and gives nothing away (seed ${seed})`, { timeout: 300_000 }, async () => {
    const figures = await runFuzz({ requests, seed })
    expect(figures.requests).toBe(requests)
    // A fuzzer that never gets through anywhere tests only the door.
    expect(figures.welcome).toEqual(expect.arrayContaining(Object.keys(operations)))
  })

  it(`answers ${rawRequests} connections that are nearly HTTP, or closes them, and goes on (seed ${seed})`, {
    timeout: 120_000,
  }, async () => {
    const statuses = await runRaw({ requests: rawRequests, seed })
    expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400']))
  })
})
