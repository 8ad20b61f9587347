/**
 * The version that the next commit makes.
 *
 * Rule 2: versions order a session, 1 and then one more with every commit.
 */
export function nextVersion(current: number): number {
  return current + 1
}

/** What a conditional write is held against. */
export interface WriteStamp {
  readonly version: number
  /** Eight characters that the gateway draws for each commit, so that a version number issued twice (after a restore) is not mistaken. */
  readonly draw: string
}

/**
 * Whether a write that was based on `expected` may be applied to `current`.
 *
 * Rule 4: writes are conditional. On a mismatch nothing changes, whatever the difference.
 */
export function mayWrite(current: WriteStamp, expected: WriteStamp): boolean {
  return current.version === expected.version && current.draw === expected.draw
}

/** Whether a version satisfies a floor handed on by another service (rule 5). */
export function reaches(version: number, atLeast: number | undefined): boolean {
  return atLeast === undefined || version >= atLeast
}
