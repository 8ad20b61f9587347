/** What shows where a process runs. */
export interface RuntimeGlobals {
  readonly EdgeRuntime?: unknown
  readonly navigator?: { readonly userAgent?: string }
  readonly process?: {
    readonly env?: Readonly<Record<string, string | undefined>>
    readonly versions?: { readonly node?: string }
  }
}

/** Set by platforms that freeze a process between requests, or may. */
const freezingPlatforms: Readonly<Record<string, string>> = {
  VERCEL: 'Vercel',
  AWS_LAMBDA_FUNCTION_NAME: 'AWS Lambda',
  NETLIFY: 'Netlify',
  K_SERVICE: 'Cloud Run',
  FUNCTIONS_WORKER_RUNTIME: 'Azure Functions',
  DENO_DEPLOYMENT_ID: 'Deno Deploy',
}

/**
 * The platform that leases cannot be relied on; null in a long-running Node.js process. Where a process is frozen between
 * requests both its clocks may stand still with it, and heartbeats do not run.
 */
export function freezingPlatform({ EdgeRuntime, navigator, process }: RuntimeGlobals): string | null {
  if (EdgeRuntime !== undefined) return 'an edge runtime'
  if (navigator?.userAgent === 'Cloudflare-Workers') return 'Cloudflare Workers'
  const variable = Object.keys(freezingPlatforms).find((name) => process?.env?.[name])
  if (variable !== undefined) return freezingPlatforms[variable] as string
  return process?.versions?.node === undefined ? 'a runtime other than Node.js' : null
}
