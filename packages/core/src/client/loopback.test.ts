import { describe, expect, it } from 'vitest'
import { isLoopback } from './options.ts'

describe('isLoopback', () => {
  it.each(['http://localhost:4400', 'http://idp.localhost', 'http://127.0.0.1', 'http://127.1:80', 'http://0x7f.1', 'http://[::1]:1'])(
    'takes %s for this machine',
    (address) => {
      expect(isLoopback(new URL(address).hostname)).toBe(true)
    },
  )

  it.each([
    'http://localhost.evil.example',
    'http://notlocalhost',
    'http://127.0.0.1.evil.example',
    'http://128.0.0.1',
    'http://0.0.0.0',
    'http://[::2]',
  ])('takes %s for another', (address) => {
    expect(isLoopback(new URL(address).hostname)).toBe(false)
  })
})
