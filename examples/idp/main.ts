import { createIdp } from './idp.ts'

// The provider on its own: `node main.ts`. PORT_BASE moves it together with the other parts of the demonstration.

const portBase = Number(process.env['PORT_BASE'] ?? 4_400)
const port = portBase + 1
const gateway = process.env['GATEWAY_ORIGIN'] ?? `http://localhost:${portBase}`
const issuer = `http://localhost:${port}`

const idp = await createIdp({
  issuer,
  clientId: process.env['IDP_CLIENT_ID'] ?? 'gateway',
  clientSecret: process.env['IDP_CLIENT_SECRET'] ?? 'demonstration-only',
  redirectUris: [`${gateway}/callback`],
  postLogoutRedirectUris: [`${gateway}/logout/done`],
  backchannelLogoutUri: `${gateway}/backchannel-logout`,
})

try {
  const server = await idp.listen(port)
  console.log(`identity provider at ${issuer}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void server.close())
} catch (error) {
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  console.error(busy ? `port ${port} is in use; set PORT_BASE to move the demonstration` : error)
  process.exitCode = 1
}
