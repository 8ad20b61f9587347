import { randomBytes } from 'node:crypto'

/** A session id: 32 random bytes. A UUID has fewer than an identifier of a session needs. */
export function newSessionId(): string {
  return randomBytes(32).toString('base64url')
}

/** The eight characters that tell one commit from another of the same version number. */
export function newDraw(): string {
  return randomBytes(6).toString('base64url')
}
