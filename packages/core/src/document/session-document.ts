/** Facts of the authentication: identifiers only, no personal data. The gateway takes them from the identity provider. */
export interface Identity {
  /** The provider's identifier of the person; unique only together with `issuer`. */
  readonly subject: string
  /** The identity provider, as its issuer URL. */
  readonly issuer: string
  /** When the person last authenticated; RFC 3339, UTC. */
  readonly authenticatedAt: string
  /** Authentication context class (OpenID Connect Core section 2), or null where the provider names none. */
  readonly acr: string | null
  /** Authentication methods (RFC 8176); empty where the provider names none. */
  readonly amr: readonly string[]
}

/** What every application sees of a session, whatever it is granted. */
export interface SessionHeader {
  /** 32 random bytes, base64url. An identifier, not a credential. */
  readonly id: string
  /** 1 at creation, then one more with every commit (rule 2). */
  readonly version: number
  /** Revision of the contract that the document was written under. */
  readonly contract: number
  /** RFC 3339, UTC. */
  readonly createdAt: string
  /** The absolute end, whatever the activity; RFC 3339, UTC. */
  readonly expiresAt: string
}

/** A signal on the wire: it carries the time it has left, so that no two clocks need to agree (rule 2). */
export interface WireSignal {
  readonly value: unknown
  /** Milliseconds left, counted by the reader from the moment it sent its request. */
  readonly remainingMs: number
}

/** A session document as one application receives it: the header and the parts it is granted. */
export interface WireDocument extends SessionHeader {
  readonly identity?: { readonly [Key in keyof Identity]?: Identity[Key] | undefined } | undefined
  readonly entitlements?: Readonly<Record<string, unknown>> | undefined
  readonly context?: Readonly<Record<string, unknown>> | undefined
  readonly signals?: Readonly<Record<string, WireSignal>> | undefined
}

/** The three parts that a store keeps as one unit; header and signals are kept beside them. */
export interface SessionParts {
  readonly identity: Identity
  readonly entitlements: Readonly<Record<string, unknown>>
  readonly context: Readonly<Record<string, unknown>>
}

/** When and how far a commit is effective; every write and every end is answered with one. */
export interface Receipt {
  /** The store's time of the commit; RFC 3339, UTC. */
  readonly committedAt: string
  /** From when no read anywhere serves what was there before: includes the longest `stale` of the contract. RFC 3339, UTC. */
  readonly effectiveEverywhereAt: string
  /** What the acknowledged commit survives: a restart of nothing, of the machine, or the loss of the primary. */
  readonly durability: 'memory' | 'disk' | 'replicas'
}
