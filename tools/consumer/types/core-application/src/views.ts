// What an application sees of a session, by the built declarations of its contract. What must not compile says so itself.
import type { Identity, PublishableSignal, SessionChanges, SessionView, SignalValue, WriteReason } from '@single-state/core'
import { type acme, least } from 'acme-contract'

/** `true` when both are one type; `any` is no type but itself. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false

type Acme = typeof acme
type Portal = SessionView<Acme, 'portal'>
type Billing = SessionView<Acme, 'billing'>
type Least = SessionView<typeof least, 'app'>

/** Every member is an exact type: a view that has become wider, or `any`, does not compile. */
export const exact: readonly true[] = [
  true satisfies Same<Portal['version'], number>,
  true satisfies Same<Portal['identity']['subject'], string>,
  true satisfies Same<keyof Portal['identity'], keyof Identity>,
  true satisfies Same<Portal['entitlements'], { readonly roles: readonly string[] }>,
  true satisfies Same<keyof Portal['context'], 'tenant' | 'hint'>,
  true satisfies Same<Portal['context']['tenant'], string | null>,
  true satisfies Same<Portal['context']['hint'], string | undefined>,
  true satisfies Same<Portal['signals'], { readonly tenantChanged?: { readonly tenant: string } }>,
  true satisfies Same<Billing['identity'], { readonly subject: string }>,
  true satisfies Same<Billing['entitlements'], { readonly plan: 'free' | 'pro' }>,
  true satisfies Same<keyof Least['context'], never>,
  true satisfies Same<WriteReason<Acme, 'portal'>, 'tenant.switch' | 'hint.set'>,
  true satisfies Same<WriteReason<Acme, 'billing'>, never>,
  true satisfies Same<SessionChanges<Acme, 'portal', 'tenant.switch'>, { readonly 'context.tenant'?: string | null }>,
  true satisfies Same<PublishableSignal<Acme, 'portal'>, 'tenantChanged'>,
  true satisfies Same<PublishableSignal<Acme, 'billing'>, never>,
  true satisfies Same<SignalValue<Acme, 'cartTouched'>, readonly string[]>,
]

export function touch(portal: Portal, billing: Billing, open: Least): unknown[] {
  return [
    // @ts-expect-error: portal reads the roles, not the plan
    portal.entitlements.plan,
    // @ts-expect-error: nor the locale
    portal.context.locale,
    // @ts-expect-error: nor this signal
    portal.signals.cartTouched,
    // @ts-expect-error: a signal may be absent
    portal.signals.tenantChanged.tenant,
    // @ts-expect-error: billing reads the subject alone
    billing.identity.issuer,
    // @ts-expect-error: no part of the context is granted
    billing.context,
    // @ts-expect-error: this contract has no key in its context
    open.context.tenant,
    // @ts-expect-error: nor any entitlements that are granted
    open.entitlements,
  ]
}

export function change(portal: Portal): void {
  // @ts-expect-error: a view is read only
  portal.version = 2
  // @ts-expect-error: at every depth
  portal.entitlements.roles.push('admin')
}

// @ts-expect-error: the contract has no such application
export type Shop = SessionView<Acme, 'shop'>

export const leastName: string = least.name
