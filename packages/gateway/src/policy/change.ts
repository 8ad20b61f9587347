import { type AnyContract, checkParts, partOf, type SessionParts, serializeStored } from '@single-state/core/protocol'
import type { z } from 'zod'
import { ProblemError } from '../http/problem.ts'
import type { Application } from './applications.ts'

/** A change as an application asks for it: keys and paths are the granted write paths themselves. */
export interface Change {
  readonly reason: string
  readonly set: Readonly<Record<string, unknown>>
  readonly unset: readonly string[]
}

/** The paths of a change. */
export function pathsOf({ set, unset }: Change): readonly string[] {
  return [...Object.keys(set), ...unset]
}

/**
 * Refuses a change that says nothing, or two things of one place.
 *
 * @throws ProblemError `request_invalid`
 */
export function checkShape(change: Change): void {
  const paths = pathsOf(change)
  if (paths.length === 0) throw new ProblemError('request_invalid', { detail: 'the change names no path' })
  const twice = paths.find((path, at) => paths.some((other, index) => index !== at && (other === path || other === partOf(path))))
  if (twice !== undefined) throw new ProblemError('request_invalid', { detail: 'the change names one place twice' })
}

/** The paths of a change that an application is not granted (rule 12). A grant of a part is not one of its keys, nor the other way round. */
export function deniedPaths(application: Application, change: Change): readonly string[] {
  return pathsOf(change).filter((path) => !Object.hasOwn(application.writes, path))
}

/** Whether the contract grants this reason for every path of the change. */
export function isReasonGranted(application: Application, change: Change): boolean {
  return pathsOf(change).every((path) => application.writes[path]?.includes(change.reason))
}

/** Whether an application may make a change of these values, whatever the session is. */
export function isAcceptable(contract: AnyContract, application: Application, change: Change): boolean {
  return deniedPaths(application, change).length === 0 && isReasonGranted(application, change) && misfits(contract, change).length === 0
}

/**
 * Checks the new values alone, before the precondition: whatever version the change is based on, they never fit.
 *
 * @throws ProblemError `document_invalid` with the paths, never the values
 */
export function checkValues(contract: AnyContract, change: Change): void {
  const failing = misfits(contract, change)
  if (failing.length > 0) throw invalid(failing.join(', '))
}

function misfits(contract: AnyContract, { set }: Change): readonly string[] {
  return Object.keys(set).filter((path) => !fits(contract, path, set[path]))
}

function fits(contract: AnyContract, path: string, value: unknown): boolean {
  const part = partOf(path)
  const { shape } = (part === 'context' ? contract.context : contract.entitlements) as z.ZodObject
  if (path !== part) return (shape[path.slice(part.length + 1)] as z.ZodType).safeParse(value).success
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(value).every(([key, inner]) => Object.hasOwn(shape, key) && (shape[key] as z.ZodType).safeParse(inner).success)
}

/** The text of the document that a change makes; `document_invalid` or `document_too_large` where that is none. */
export function changedBody(contract: AnyContract, id: string, parts: SessionParts, change: Change): string | ProblemError {
  const checked = checkParts(contract, {
    identity: parts.identity,
    entitlements: changedPart(contract, parts, 'entitlements', change),
    context: changedPart(contract, parts, 'context', change),
  })
  if (!checked.ok) return invalid(checked.why)
  if (!isWithinLimit(contract, checked.parts)) return tooLarge(contract)
  return serializeStored(id, checked.parts)
}

/** Stands for any id: all are of one length. */
const anyId = 'A'.repeat(43)

/** Whether a document is within the contract's limit, with so many bytes of signals beside it. */
export function isWithinLimit(contract: AnyContract, parts: SessionParts, signalBytes = 0): boolean {
  return Buffer.byteLength(serializeStored(anyId, parts)) + signalBytes <= contract.limits.bytes
}

/** The refusal of a document beyond the contract's limit. */
export function tooLarge(contract: AnyContract): ProblemError {
  return new ProblemError('document_too_large', { detail: `the document would be larger than ${contract.limits.bytes} bytes` })
}

function changedPart(contract: AnyContract, parts: SessionParts, part: 'entitlements' | 'context', { set, unset }: Change) {
  const known = Object.keys((contract[part] as z.ZodObject).shape)
  const isWhole = Object.hasOwn(set, part) || unset.includes(part)
  // A whole part replaces what this revision knows. What it does not know was written by a newer one and stays.
  const kept = Object.entries(parts[part]).filter(([key]) => !unset.includes(`${part}.${key}`) && !(isWhole && known.includes(key)))
  const keys = Object.entries(set).filter(([path]) => path.startsWith(`${part}.`))
  return {
    ...Object.fromEntries(kept),
    ...(Object.hasOwn(set, part) ? (set[part] as Record<string, unknown>) : {}),
    ...Object.fromEntries(keys.map(([path, value]) => [path.slice(part.length + 1), value])),
  }
}

function invalid(detail: string): ProblemError {
  return new ProblemError('document_invalid', { detail })
}
