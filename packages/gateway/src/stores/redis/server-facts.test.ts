import { describe, expect, it } from 'vitest'
import { factsOf, refusalOf } from './server-facts.ts'

function refusalFor(version: string, policy = 'noeviction'): string | null {
  return refusalOf(factsOf(`redis_version:${version}\r\nmaxmemory_policy:${policy}\r\ncluster_enabled:0\r\n`))
}

describe('a Redis', () => {
  it.each(['6.2.0', '6.2.14', '7.0.15', '10.0.0'])('of version %s is taken', (version) => {
    expect(refusalFor(version)).toBeNull()
  })

  it.each(['6.0.16', '5.0.14', '2.8', ''])('of version %j is refused', (version) => {
    expect(refusalFor(version)).toBe(`expected Redis 6.2 or newer, found ${version}`)
  })

  it.each(['volatile-lru', 'allkeys-random', 'volatile-ttl'])('that evicts by %s is refused', (policy) => {
    expect(refusalFor('7.0.0', policy)).toContain(policy)
  })

  it('counts the replicas that follow it, and none that is still being given its first data', () => {
    const info = [
      'connected_slaves:4',
      'slave0:ip=127.0.0.1,port=1,state=online,offset=14,lag=0',
      'slave1:ip=127.0.0.1,port=2,state=wait_bgsave,offset=0,lag=0',
      'slave2:ip=127.0.0.1,port=3,state=send_bulk,offset=0,lag=0',
      'slave3:ip=127.0.0.1,port=4,state=online,offset=0,lag=0',
    ]
    expect(factsOf(info.join('\r\n')).replicas).toBe(1)
  })

  it('counts a replica once that has come back before its old connection is given up', () => {
    const info = [
      'slave0:ip=10.0.0.2,port=6379,state=online,offset=14,lag=40',
      'slave1:ip=10.0.0.2,port=6379,state=online,offset=90,lag=0',
      'slave2:ip=10.0.0.3,port=6379,state=online,offset=90,lag=0',
    ]
    expect(factsOf(info.join('\r\n')).replicas).toBe(2)
  })
})
