/** The applications that link to each other, by the name that people know. */
export interface Neighbours {
  readonly portal: string
  readonly billing: string
  readonly workspace: string
  readonly admin: string
  /** Where people sign in and out. */
  readonly gateway: string
}

/** Their addresses, from the environment; without it those of `npm start`. */
export function neighbours(environment: NodeJS.ProcessEnv = process.env): Neighbours {
  return {
    portal: environment['PORTAL_ORIGIN'] ?? 'http://localhost:4410',
    billing: environment['BILLING_ORIGIN'] ?? 'http://localhost:4411',
    workspace: environment['WORKSPACE_ORIGIN'] ?? 'http://localhost:4412',
    admin: environment['ADMIN_ORIGIN'] ?? 'http://localhost:4413',
    gateway: environment['GATEWAY_ORIGIN'] ?? 'http://localhost:4400',
  }
}
