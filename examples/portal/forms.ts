import { locales } from '@single-state-example/contract'
import express from 'express'
import { z } from 'zod'

/** Reads a form; 4 KiB is more than any of them has. */
export const readForm = express.urlencoded({ extended: false, limit: 4_096 })

/** A tenant, and the one that the page showed when it was chosen; an empty text is none. */
export const tenantFields = z.object({
  from: z
    .string()
    .max(64)
    .transform((text) => (text === '' ? null : text)),
  tenant: z.string().min(1).max(64),
})

export const localeFields = z.object({ locale: z.enum(locales) })

/**
 * The fields of a form that was sent.
 *
 * @throws Error with status 400 when they are not those of its page.
 */
export function fieldsOf<Fields>(schema: z.ZodType<Fields>, body: unknown): Fields {
  const fields = schema.safeParse(body)
  if (fields.success) return fields.data
  throw Object.assign(new Error('a form without the fields of its page'), { status: 400 })
}
