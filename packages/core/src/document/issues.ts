import type { z } from 'zod'

/** 5: enough to find the mistake, few enough for a log line. */
const shownIssues = 5

/** Where and in which way a value does not fit its schema, without the value itself: it may be a secret. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, shownIssues)
    .map(({ path, code }) => `${path.join('.') || 'document'}: ${code}`)
    .join('; ')
}
