import { Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { freePort } from '../../../../../tools/servers/server-process.ts'
import { failureOf, isWriteRefusal } from './redis-failure.ts'

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

describe('a failure', () => {
  it.each([
    "OOM command not allowed when used memory > 'maxmemory'. script: 0a, on @user_script:5.",
    "READONLY You can't write against a read only replica. script: 0a, on @user_script:5.",
    "ERR Error running script (call to f_0a): @user_script:5: @user_script: 5: -READONLY You can't write against a read only replica. ",
    'NOREPLICAS Not enough good replicas to write.',
    'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
  ])('%j of a write is a refusal: nothing was changed, and writes are away', (message) => {
    expect(failureOf(reply(message), 'write').code).toBe('store_unavailable')
    expect(isWriteRefusal(reply(message))).toBe(true)
  })

  it.each([
    'LOADING Redis is loading the dataset in memory',
    'BUSY Redis is busy running a script',
    'NOAUTH Authentication required.',
    'OTHERPRIMARY x',
  ])('%j is a refusal of anything', (message) => {
    expect(failureOf(reply(message), 'write').code).toBe('store_unavailable')
    expect(isWriteRefusal(reply(message))).toBe(false)
  })

  it('of a command that the driver never sent leaves nothing unknown', async () => {
    const client = new Redis({ lazyConnect: true, enableOfflineQueue: false, retryStrategy: () => null, port: await freePort() })
    client.on('error', () => undefined)
    const connecting = client.connect().catch(() => undefined)
    const error: unknown = await client.call('PING').catch((reason: unknown) => reason)
    await connecting
    client.disconnect()
    expect(failureOf(error, 'write')).toMatchObject({ code: 'store_unavailable', message: 'redis: not connected' })
  })

  it.each([reply('ERR Error running script'), new Error('Connection is closed.'), new Error('Command timed out')])(
    'that may have come after a change leaves a write unknown and a read unanswered: %s',
    (error) => {
      expect(failureOf(error, 'write').code).toBe('outcome_unknown')
      expect(failureOf(error, 'read').code).toBe('store_unavailable')
    },
  )
})
