/** A person whom the provider knows. */
export interface Person {
  /** What they sign in with, and their `sub`. */
  readonly login: string
  /** In plain text, because everybody is told: nothing here is worth a secret. */
  readonly password: string
  readonly name: string
  readonly roles: readonly string[]
  readonly plan: 'free' | 'pro'
  readonly tenants: readonly string[]
}

/** Three people who may do different things. */
export const people: readonly Person[] = [
  { login: 'ada', password: 'ada-demo', name: 'Ada', roles: ['admin', 'member'], plan: 'pro', tenants: ['acme', 'globex'] },
  { login: 'bob', password: 'bob-demo', name: 'Bob', roles: ['member'], plan: 'free', tenants: ['acme', 'globex'] },
  { login: 'carol', password: 'carol-demo', name: 'Carol', roles: [], plan: 'free', tenants: ['acme'] },
]
