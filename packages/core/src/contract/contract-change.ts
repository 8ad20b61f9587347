/** One difference between two contracts. */
export interface ContractChange {
  /** Where: `context.tenant`, `entitlements.roles[]`, `applications.billing.reads`, `lifetime.idle`. */
  readonly path: string
  /** `'breaking'` when an application or a document of the older contract may not work with the newer one. */
  readonly kind: 'breaking' | 'safe'
  /** What changed and whom it breaks, or why it breaks nobody. */
  readonly why: string
}

/** A change that an application or a document of the older contract may not survive. */
export function breaking(path: string, why: string): ContractChange {
  return { path, kind: 'breaking', why }
}

/** A change that everything of the older contract survives. */
export function safe(path: string, why: string): ContractChange {
  return { path, kind: 'safe', why }
}
