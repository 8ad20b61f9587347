import { interactionPolicy } from 'oidc-provider'

/** The authentication context of somebody who has typed a code besides the password: a value of `acr_values`. */
export const secondFactorAcr = 'urn:acme:second-factor'

/** Everybody's, and told to everybody: a demonstration has no telephone to send one to. */
export const demonstrationCode = '246810'

/** Why the provider asks for the code: the only reason where somebody has signed in already. */
export const secondFactorReason = 'second_factor'

/** The library's own questions, and the code for whom it is asked of (OpenID Connect Core section 3.1.2.1, `acr_values`). */
export function signInPolicy(): interactionPolicy.Prompt[] {
  const policy = interactionPolicy.base()
  const isMissing = new interactionPolicy.Check(secondFactorReason, 'a code is asked for', ({ oidc }) => {
    const asked = String(oidc.params?.['acr_values'] ?? '').split(' ')
    return asked.includes(secondFactorAcr) && oidc.session?.acr !== secondFactorAcr
  })
  policy.get('login')?.checks.add(isMissing)
  return policy
}
