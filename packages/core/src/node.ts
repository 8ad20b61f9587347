// For applications on Node.js: the gateway over undici's pool, and Node's own requests.
export { nodeRequestHead } from './node/request-head.ts'
export { type UndiciTransportOptions, undiciTransport } from './node/undici-transport.ts'
