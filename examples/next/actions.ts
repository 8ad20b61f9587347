'use server'

import { redirect } from 'next/navigation'
import { z } from 'zod'
import { session } from './session.ts'

/** A tenant, and the one that the page showed when it was chosen; an empty text is none. */
const tenantFields = z.object({
  from: z
    .string()
    .max(64)
    .transform((text) => (text === '' ? null : text)),
  tenant: z.string().min(1).max(64),
})

/** Switches the organisation, for every application. */
export async function switchTenant(form: FormData): Promise<void> {
  const { from, tenant } = tenantFields.parse(Object.fromEntries(form))
  await session.require({
    // The page was made when the session said `from`. Another tab may have switched since, and this person saw something else.
    expect: { 'context.tenant': from },
    where: ({ entitlements }) => entitlements.tenants.includes(tenant),
  })
  await session.update('tenant.switch', { 'context.tenant': tenant })
  redirect('/')
}
