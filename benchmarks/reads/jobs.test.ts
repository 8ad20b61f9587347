import { describe, expect, it } from 'vitest'
import { jobsOf } from './jobs.ts'
import type { Variant } from './variant.ts'

const variant = (name: string, more: Pick<Variant, 'only'> = {}): Variant => ({
  ...{ name, stale: '', peer: null, needs: {}, ...more },
  prepare: async () => ({ cookies: [] }),
})
const variants = [variant('bare handler'), variant('Single State, live'), variant('express-session', { only: 'express' })]
const namesOf = (only = '', framework?: string) => jobsOf(variants, only, framework).map((job) => `${job.framework}: ${job.variant.name}`)

describe('what is measured', () => {
  it('is every variant under each framework that it has an adapter for', () => {
    expect(namesOf()).toEqual([
      ...['express: bare handler', 'express: Single State, live', 'express: express-session'],
      ...['hono: bare handler', 'hono: Single State, live'],
    ])
  })

  it('can be named by a part of the name, in any case, and by the framework', () => {
    expect(namesOf('single')).toEqual(['express: Single State, live', 'hono: Single State, live'])
    expect(namesOf('SESSION', 'express')).toEqual(['express: express-session'])
    expect(namesOf('', 'hono')).toEqual(['hono: bare handler', 'hono: Single State, live'])
  })

  it('is never nothing: what there is, is said', () => {
    expect(() => namesOf('nothing-like-this')).toThrow(
      new TypeError('--only: expected a part of "bare handler", "Single State, live", "express-session"; found "nothing-like-this"'),
    )
    expect(() => namesOf('express-session', 'hono')).toThrow('--only: expected a part of "bare handler", "Single State, live"; found')
    expect(() => namesOf('', 'koa')).toThrow(new TypeError('--framework: expected express or hono, found koa'))
  })
})
