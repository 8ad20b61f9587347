import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { z } from 'zod'

/** Why sessions are ended; the audit keeps it. */
export const reasons = { 'support.request': 'The person asked for it', 'security.incident': 'A security incident' } as const

const subject = z.string().trim().max(255)

export const subjectQuery = z.object({ subject: subject.catch('').default('') })

/** Without `id` all sessions of the person are meant. */
export const endFields = z.object({
  subject: subject.min(1),
  id: z.string().max(64).optional(),
  reason: z.enum(Object.keys(reasons) as (keyof typeof reasons)[]),
})

/** The fields of a form that was sent. Rejects with an answer of 400 when they are not those of its page. */
export async function fieldsOf<Fields>(schema: z.ZodType<Fields>, c: Context): Promise<Fields> {
  const fields = schema.safeParse(await c.req.parseBody())
  if (fields.success) return fields.data
  throw new HTTPException(400, { message: 'a form without the fields of its page' })
}
