import type { Variant } from './variant.ts'

/** One variant under one framework. */
export interface Job {
  readonly variant: Variant
  readonly framework: 'express' | 'hono'
}

const frameworks = ['express', 'hono'] as const

/**
 * What to measure: the variants whose name contains `only`, under the named framework or both, as far as they have an adapter.
 *
 * @throws TypeError when that is none, and says what there is.
 */
export function jobsOf(variants: readonly Variant[], only: string, framework: string | undefined): readonly Job[] {
  const under = frameworks.filter((name) => framework === undefined || name === framework)
  if (under.length === 0) throw new TypeError(`--framework: expected ${frameworks.join(' or ')}, found ${framework}`)
  const all = under.flatMap((name) =>
    variants.filter((variant) => (variant.only ?? name) === name).map((variant) => ({ variant, framework: name })),
  )
  const wanted = all.filter(({ variant }) => variant.name.toLowerCase().includes(only.toLowerCase()))
  if (wanted.length > 0) return wanted
  const names = [...new Set(all.map(({ variant }) => variant.name))]
  throw new TypeError(`--only: expected a part of ${names.map((name) => JSON.stringify(name)).join(', ')}; found ${JSON.stringify(only)}`)
}
