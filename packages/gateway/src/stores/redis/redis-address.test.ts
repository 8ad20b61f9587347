import { describe, expect, it } from 'vitest'
import { parseRedisAddress } from './redis-address.ts'

describe('an address', () => {
  it.each([
    ['redis://cache', { host: 'cache', port: 6379, db: 0, tls: false, username: undefined, password: undefined, sentinels: null }],
    ['rediss://cache:6380/2', { host: 'cache', port: 6380, db: 2, tls: true }],
    ['redis://:p%40ss@cache', { username: undefined, password: 'p@ss', name: 'redis://cache' }],
    ['redis://user:a:b@[::1]:7000', { username: 'user', password: 'a:b', host: '::1', port: 7000, name: 'redis://[::1]:7000' }],
    [
      'redis+sentinel://:pw@one:1,two/main/3',
      {
        db: 3,
        password: 'pw',
        name: 'redis+sentinel://one:1,two/main/3',
        sentinels: {
          primary: 'main',
          nodes: [
            { host: 'one', port: 1 },
            { host: 'two', port: 26379 },
          ],
        },
      },
    ],
    ['rediss+sentinel://one/main', { tls: true, name: 'rediss+sentinel://one/main' }],
  ])('%s is read', (url, expected) => {
    expect(parseRedisAddress(url)).toMatchObject(expected)
  })

  it.each([
    'http://user:secret@host',
    'redis://user:secret@',
    'redis://user:secret@one,two',
    'redis://user:secret@host/x',
    'redis://user:secret@host/1/2',
    'redis+sentinel://user:secret@one:1',
    'redis://user:secret@host:port',
    '',
  ])('%j is refused without its password', (url) => {
    expect(() => parseRedisAddress(url)).toThrow(TypeError)
    expect(() => parseRedisAddress(url)).not.toThrow(/secret/)
  })
})
