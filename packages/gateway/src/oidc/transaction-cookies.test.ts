import { describe, expect, it } from 'vitest'
import { surplusTransactions, transactionCookie, transactionCookieRemoval } from './transaction-cookies.ts'

describe('the cookies of logins under way', () => {
  it('are for the gateway alone and go when the login does', () => {
    expect(transactionCookie('__Host-login-abc', 'x')).toBe('__Host-login-abc=x; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=600')
    expect(transactionCookieRemoval('__Host-login-abc')).toBe('__Host-login-abc=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0')
  })

  it('stay side by side while they fit', () => {
    expect(surplusTransactions(null, 600)).toEqual([])
    expect(surplusTransactions(`__Host-login-a=${'x'.repeat(500)}; __Host-login-b=${'x'.repeat(500)}`, 600)).toEqual([])
  })

  it('make room for a new one, the oldest first, and touch no other cookie', () => {
    const cookie = (name: string) => `${name}=${'x'.repeat(3_000)}`
    const header = [cookie('__Host-login-a'), cookie('__Host-session'), cookie('__Host-login-b'), cookie('__Host-login-c')].join('; ')
    expect(surplusTransactions(header, 3_000)).toEqual(['__Host-login-a', '__Host-login-b'])
  })

  it('all go when the new one alone fills the room', () => {
    expect(surplusTransactions('__Host-login-a=x; __Host-login-b=x', 9_000)).toEqual(['__Host-login-a', '__Host-login-b'])
  })
})
