/** What every variant keeps for a person, whatever its own shape: 1.5 KB as JSON. */
export interface SampleSession {
  readonly subject: string
  readonly plan: 'free' | 'pro'
  readonly roles: readonly string[]
  readonly tenant: string
  /** Fills the document up to its size. */
  readonly notes: string
}

/** The size of one session, in bytes of JSON. */
const sessionBytes = 1_500

/** The session of person number `index`. */
export function sampleSession(index: number): SampleSession {
  const bare = { subject: subjectOf(index), plan: 'pro' as const, roles: ['reader', 'editor', 'billing'], tenant: 'acme', notes: '' }
  return { ...bare, notes: 'x'.repeat(sessionBytes - JSON.stringify(bare).length) }
}

/** How person number `index` is called. */
export function subjectOf(index: number): string {
  return `person-${String(index).padStart(6, '0')}`
}

/** What every handler answers: proof that the session was read, and the same bytes for all. */
export function answerOf({ subject, roles }: Pick<SampleSession, 'subject' | 'roles'>): {
  readonly subject: string
  readonly roles: number
} {
  return { subject, roles: roles.length }
}
