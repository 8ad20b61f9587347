import { type Finding, fail, ok, warn } from './finding.ts'

/** 2 s: as long as the gateway itself takes to find out. */
export const timeoutMs = 2_000

/** Whether a gateway answers at the origin, and whether it is ready. A doctor's visit needs none. */
export async function gatewayFinding(origin: string): Promise<Finding & { readonly isServed: boolean }> {
  const answer = await statusOf(`${origin}/readyz`)
  if (typeof answer === 'string')
    return { ...ok('gateway', `none answers at ${origin} (${answer}): what follows is judged without it`), isServed: false }
  if (answer === 200) return { ...ok('gateway', `answers at ${origin} and is ready`), isServed: true }
  if (answer === 503) {
    return {
      ...fail('gateway', `answers at ${origin}, and its store does not answer or takes no writes`, 'look at the store below'),
      isServed: true,
    }
  }
  const fix = 'let the proxy before it send every path on'
  return { ...warn('gateway', `something answers ${answer} at ${origin}/readyz, and a gateway would not`, fix), isServed: false }
}

async function statusOf(address: string): Promise<number | string> {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' })
    await response.body?.cancel()
    return response.status
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined
    if (cause instanceof Error && 'code' in cause) return String(cause.code)
    return error instanceof Error ? error.message : String(error)
  }
}
