import { z } from 'zod'
import { grantedKeys } from '../consistency/grants.ts'
import type { AnyContract, ApplicationName } from '../contract/contract.ts'
import { deepFreeze } from '../contract/deep-freeze.ts'
import type { Grants, Signals } from '../contract/paths.ts'
import type { SessionView } from '../contract/session-view.ts'
import { describeIssues } from './issues.ts'
import type { WireDocument, WireSignal } from './session-document.ts'
import { headerSchema, identitySchema, wireSignalSchema } from './wire-schemas.ts'

/** What an application makes of one version of a document: its view, or why it cannot read it. */
export type ViewReading<View> =
  | {
      readonly ok: true
      /** Frozen at every depth. An application that may read signals finds `signals` empty here: they age, the view does not. */
      readonly view: View
      /** The signals that the application may read, by name, each with a value of its schema. */
      readonly signals: Readonly<Record<string, WireSignal>>
    }
  | { readonly ok: false; readonly why: string }

/** One for all: a view is held for each session, and an object of its own would be 56 bytes of it. */
const noSignals = Object.freeze({})

/** Reads the projection that the gateway answered with. It freezes what it is given. */
export type ViewReader<View> = (wire: WireDocument) => ViewReading<View>

/**
 * Makes the reader of one application: called once for every version, it checks what the application is granted, and
 * nothing else of the contract.
 *
 * Members that are not granted are left out even when they arrive (rule 12). Unknown keys of a part are ignored, so that
 * a newer contract does not break this reader. A signal that does not fit is left out and the rest is served: signals go
 * first and never gate access (rule 11).
 *
 * @throws TypeError when the contract has no such application.
 */
export function createViewReader<C extends AnyContract, A extends ApplicationName<C>>(
  contract: C,
  application: A,
): ViewReader<SessionView<C, A>> {
  const reads = readsOf(contract, application)
  const schema = viewSchemaOf(contract, reads)
  const signals = signalSchemasOf(contract, reads)
  return (wire) => {
    const parsed = schema.safeParse(wire)
    if (!parsed.success) return { ok: false, why: describeIssues(parsed.error) }
    const view = signals === undefined ? parsed.data : { ...parsed.data, signals: noSignals }
    return {
      ok: true,
      view: deepFreeze(view) as unknown as SessionView<C, A>,
      signals: signals === undefined ? noSignals : deepFreeze(readSignals(signals, wire.signals)),
    }
  }
}

/**
 * The view as a reader gets it now: `view` with the values of the signals that have time left. Both stay as they are;
 * without signals the view itself is the answer.
 */
export function composeView<View>(view: View, visibleSignals: Readonly<Record<string, { readonly value: unknown }>>): View {
  const entries = Object.entries(visibleSignals)
  if (entries.length === 0) return view
  const signals = Object.freeze(Object.fromEntries(entries.map(([name, { value }]) => [name, value])))
  return Object.freeze({ ...view, signals })
}

function readsOf(contract: AnyContract, application: string): readonly string[] {
  const applications = contract.applications as Readonly<Record<string, Grants<z.ZodObject, z.ZodObject, Signals>>>
  const grants = Object.hasOwn(applications, application) ? applications[application] : undefined
  if (!grants) {
    const known = Object.keys(applications).join(', ')
    throw new TypeError(`application: expected one of ${known}; found ${JSON.stringify(application)}`)
  }
  return grants.reads ?? []
}

/** The header and the granted parts. Not granted means not in the schema, and so not in the view. */
function viewSchemaOf(contract: AnyContract, reads: readonly string[]): z.ZodObject {
  const parts = { identity: identitySchema, entitlements: contract.entitlements, context: contract.context } as Record<string, z.ZodObject>
  const granted = Object.entries(parts).flatMap(([name, part]) => {
    const schema = grantedPart(part, grantedKeys(reads, name))
    return schema ? [[name, schema]] : []
  })
  return headerSchema.extend(Object.fromEntries(granted))
}

/** A whole part keeps the refinements between its keys; of single keys nothing can be said but each for itself. */
function grantedPart(part: z.ZodObject, keys: 'all' | readonly string[]): z.ZodObject | undefined {
  if (keys === 'all') return part.def.catchall?._zod.def.type === 'never' ? part.strip() : part
  if (keys.length === 0) return undefined
  return z.object(Object.fromEntries(keys.map((key) => [key, part.shape[key] as z.ZodType])))
}

function signalSchemasOf(contract: AnyContract, reads: readonly string[]): Map<string, z.ZodType> | undefined {
  const keys = grantedKeys(reads, 'signals')
  if (keys !== 'all' && keys.length === 0) return undefined
  const granted = Object.entries(contract.signals as Signals).filter(([name]) => keys === 'all' || keys.includes(name))
  return new Map(granted.map(([name, { schema }]) => [name, schema]))
}

function readSignals(schemas: Map<string, z.ZodType>, published: WireDocument['signals']): Record<string, WireSignal> {
  const read: Record<string, WireSignal> = {}
  if (typeof published !== 'object' || published === null) return read
  for (const [name, schema] of schemas) {
    const signal = Object.hasOwn(published, name) ? wireSignalSchema.safeParse(published[name]) : undefined
    const value = signal?.success ? schema.safeParse(signal.data.value) : undefined
    if (signal?.success && value?.success) read[name] = { value: value.data, remainingMs: signal.data.remainingMs }
  }
  return read
}
