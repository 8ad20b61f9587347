import { z } from 'zod'

const requestSchema = z.object({
  msg: z.literal('request'),
  method: z.string(),
  route: z.string(),
  status: z.number(),
  code: z.string().optional(),
  durationMs: z.number(),
  application: z.string().optional(),
})

/** A log line for people: the gateway's requests in a few words, its polls not at all, everything else as it is. */
export function readableLine(line: string): string | null {
  const request = requestSchema.safeParse(jsonOf(line))
  if (!request.success) return line
  const { method, route, status, code, durationMs, application } = request.data
  if (route === '/readyz') return null
  const by = application === undefined ? '' : ` for ${application}`
  return `${status} ${method} ${route}${by}${code === undefined ? '' : ` (${code})`}, ${durationMs.toFixed(1)} ms`
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
