import type { GatewayPorts } from '../ports.ts'

/**
 * Names what applications hold of this gateway besides sessions: the published keys, and what the contract lets each of
 * them see. When a heartbeat brings another name they drop all of it: a withdrawn key must not be believed, nor a withdrawn
 * grant be served from memory, for another moment.
 */
export function toldName({ keys, applications }: Pick<GatewayPorts, 'keys' | 'applications'>): string {
  return `${keys.hash()}.${applications.projections}`
}
