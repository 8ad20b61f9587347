/** What one look found. */
export interface Finding {
  readonly check: 'node' | 'configuration' | 'gateway' | 'tls' | 'store' | 'clock' | 'keys' | 'encryption' | 'cookie' | 'identity provider'
  /** `warn` works and should not stay so; `fail` does not work, or will lose something. */
  readonly level: 'ok' | 'warn' | 'fail'
  readonly found: string
  /** What to do; null where all is well. */
  readonly fix: string | null
}

export function ok(check: Finding['check'], found: string): Finding {
  return { check, level: 'ok', found, fix: null }
}

export function warn(check: Finding['check'], found: string, fix: string): Finding {
  return { check, level: 'warn', found, fix }
}

export function fail(check: Finding['check'], found: string, fix: string): Finding {
  return { check, level: 'fail', found, fix }
}
