import { readBytes } from '../http/read-json.ts'

/** 8 KiB: three times the longest `return_to`, spelt out. */
export const mostBytes = 8_192

/**
 * The fields of a posted form; none when the request carries no form.
 *
 * @throws ProblemError `document_too_large`
 */
export async function readForm(request: Request): Promise<URLSearchParams> {
  const [type] = (request.headers.get('content-type') ?? '').split(';', 1)
  if (type?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return new URLSearchParams()
  return new URLSearchParams(new TextDecoder().decode(await readBytes(request, mostBytes)))
}
