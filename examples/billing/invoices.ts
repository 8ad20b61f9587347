/** One invoice, with its amount in cents. */
export interface Invoice {
  readonly number: string
  readonly month: string
  readonly cents: number
}

const invoices: Readonly<Record<string, readonly Invoice[]>> = {
  acme: [
    { number: 'A-2611', month: '2026-11-01', cents: 48_000 },
    { number: 'A-2610', month: '2026-10-01', cents: 48_000 },
    { number: 'A-2609', month: '2026-09-01', cents: 31_250 },
  ],
  globex: [
    { number: 'G-2611', month: '2026-11-01', cents: 129_900 },
    { number: 'G-2610', month: '2026-10-01', cents: 117_440 },
  ],
}

/** The invoices of a tenant, newest first. */
export function invoicesOf(tenant: string | null): readonly Invoice[] {
  return tenant !== null && Object.hasOwn(invoices, tenant) ? (invoices[tenant] ?? []) : []
}

/** An amount as people of a region write it. */
export function amount(cents: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'EUR' }).format(cents / 100)
}

/** A month as people of a region write it. */
export function month(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(date))
}
