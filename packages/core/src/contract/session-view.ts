import type { z } from 'zod'
import type { Identity, SessionHeader } from '../document/session-document.ts'
import type { AnyContract, ApplicationName } from './contract.ts'

/** A value as readers get it: frozen at every depth. */
export type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? number extends T['length']
      ? readonly Frozen<Item>[]
      : { readonly [Place in keyof T]: Frozen<T[Place]> }
    : T extends object
      ? { readonly [K in keyof T]: Frozen<T[K]> }
      : T

type Shown<T> = { [K in keyof T]: T[K] }

type GrantsOf<C extends AnyContract, A extends ApplicationName<C>> = C['applications'][A]
type ReadsOf<C extends AnyContract, A extends ApplicationName<C>> =
  GrantsOf<C, A> extends { readonly reads: readonly (infer Path)[] } ? Path : never

type EntitlementsOf<C extends AnyContract> = OutputOf<C['entitlements']>
type ContextOf<C extends AnyContract> = OutputOf<C['context']>
/** An object schema without keys says `Record<string, never>`, of which every key could be touched. */
type OutputOf<Part extends z.ZodObject> = z.output<Part> extends Record<string, never> ? Record<never, never> : z.output<Part>
/** Published values by name; a signal that nobody has published, or that has run out, is absent. */
type SignalsOf<C extends AnyContract> = { [Name in keyof C['signals']]?: z.output<C['signals'][Name]['schema']> }

/** The keys of one part that the paths name. */
type KeysNamed<Name extends string, Path> = Path extends `${Name}.${infer Key}` ? Key : never

type PartView<Name extends string, Part, Path> = Name extends Path
  ? { readonly [N in Name]: Frozen<Part> }
  : [KeysNamed<Name, Path>] extends [never]
    ? unknown
    : { readonly [N in Name]: Frozen<Pick<Part, KeysNamed<Name, Path> & keyof Part>> }

/**
 * A session as one application sees it: the header and what the contract lets it read.
 * What is not granted is not in the type, and not in the answer of the gateway either (rule 12).
 */
export type SessionView<C extends AnyContract, A extends ApplicationName<C>> = Shown<
  SessionHeader &
    PartView<'identity', Identity, ReadsOf<C, A>> &
    PartView<'entitlements', EntitlementsOf<C>, ReadsOf<C, A>> &
    PartView<'context', ContextOf<C>, ReadsOf<C, A>> &
    PartView<'signals', SignalsOf<C>, ReadsOf<C, A>>
>

type WritesOf<C extends AnyContract, A extends ApplicationName<C>> =
  GrantsOf<C, A> extends { readonly writes: infer Writes } ? Writes : Record<never, never>

/** The reason codes that an application may give for its writes. */
export type WriteReason<C extends AnyContract, A extends ApplicationName<C>> = {
  [Path in keyof WritesOf<C, A>]: WritesOf<C, A>[Path] extends readonly (infer Reason)[] ? Reason : never
}[keyof WritesOf<C, A>] &
  string

type WritableFor<C extends AnyContract, A extends ApplicationName<C>, Reason> = {
  [Path in keyof WritesOf<C, A>]: WritesOf<C, A>[Path] extends readonly (infer Granted)[] ? (Reason extends Granted ? Path : never) : never
}[keyof WritesOf<C, A>]

type ValueAt<C extends AnyContract, Path> = Path extends 'entitlements'
  ? EntitlementsOf<C>
  : Path extends 'context'
    ? ContextOf<C>
    : Path extends `entitlements.${infer Key}`
      ? EntitlementsOf<C>[Key & keyof EntitlementsOf<C>]
      : Path extends `context.${infer Key}`
        ? ContextOf<C>[Key & keyof ContextOf<C>]
        : never

/** Takes an optional key out of the document: `{ 'context.tenant': remove }`. */
export const remove: unique symbol = Symbol.for('@single-state/core/remove') as never

/** The changes that an application may make for a reason: granted paths, with values of the right type. */
export type SessionChanges<C extends AnyContract, A extends ApplicationName<C>, Reason extends WriteReason<C, A> = WriteReason<C, A>> = [
  WritableFor<C, A, Reason>,
] extends [never]
  ? { readonly [path: string]: never }
  : { readonly [Path in WritableFor<C, A, Reason>]?: Frozen<Exclude<ValueAt<C, Path>, undefined>> | Removable<ValueAt<C, Path>> }

type Removable<Value> = undefined extends Value ? typeof remove : never

/** The signals that an application may publish. */
export type PublishableSignal<C extends AnyContract, A extends ApplicationName<C>> =
  GrantsOf<C, A> extends { readonly publishes: readonly (infer Name)[] } ? Name & keyof C['signals'] & string : never

/** What a signal carries. */
export type SignalValue<C extends AnyContract, Name extends keyof C['signals']> = Frozen<z.output<C['signals'][Name]['schema']>>
