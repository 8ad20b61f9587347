/** A provider that can be discovered, and does nothing else: some libraries ask for that before a sign-out. */
export const issuer = 'https://idp.example.com'

/** Answers the discovery of `issuer` as its network would, and nothing else. */
export async function discovery(): Promise<Response> {
  return Response.json({
    issuer: `${issuer}/`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    end_session_endpoint: `${issuer}/logout`,
    response_types_supported: ['code', 'id_token'],
    response_modes_supported: ['query', 'form_post'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  })
}
