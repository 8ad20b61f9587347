import { randomBytes } from 'node:crypto'
import { isLoopback, SessionError } from '@single-state/core/protocol'
import { ProblemError } from '../http/problem.ts'
import { developmentPage, type ListedPerson } from '../pages/development-page.ts'
import type { Authentication, IdentityProvider, LoginTransaction } from './provider.ts'
import { readForm } from './read-form.ts'

/** A person that the sign-in page of development offers; `derive` is given the whole object as claims. */
export interface DevelopmentPerson {
  /** 1 to 255 characters, one of a kind. */
  readonly subject: string
  /** Shown beside the name. */
  readonly roles?: readonly string[]
  readonly [claim: string]: unknown
}

/** `iss` of all these people. */
const issuer = 'urn:single-state:development-people'

const path = '/development/sign-in'

/** 60 s: the browser is back at once, so a code that is older was copied. */
const codeLifeMs = 60_000

/** More sign-ins than one developer has under way; the oldest is forgotten first. */
const mostCodes = 100

const mostPeople = 100

/** A choice made on the page, until the gateway redeems it. */
interface Choice {
  readonly person: DevelopmentPerson
  readonly state: string
  readonly madeAtMs: number
}

/**
 * A sign-in page with the people of the configuration, for development without an identity provider. Refuses a gateway
 * whose origin is not a loopback host, and production.
 *
 * ```ts
 * idp: developmentPeople([{ subject: 'ada', roles: ['admin'] }, { subject: 'bob', roles: [] }])
 * ```
 *
 * @throws TypeError that names the person.
 */
export function developmentPeople(people: readonly DevelopmentPerson[], { now = Date.now } = {}): IdentityProvider {
  const bySubject = indexed(people)
  const listed = people.map(listedPerson)
  const choices = new Map<string, Choice>()

  function choose(person: DevelopmentPerson, state: string): string {
    const [oldest] = choices.keys()
    if (choices.size >= mostCodes && oldest !== undefined) choices.delete(oldest)
    const code = randomBytes(32).toString('base64url')
    choices.set(code, { person, state, madeAtMs: now() })
    return code
  }

  /** A code is gone once it was shown, whatever comes of it. */
  function redeem(code: string, { state, assurance }: LoginTransaction): Authentication {
    const choice = choices.get(code)
    choices.delete(code)
    if (!choice || choice.state !== state || now() - choice.madeAtMs > codeLifeMs) throw new SessionError('login_failed')
    return authenticationOf(choice, assurance.acrValues[0] ?? null)
  }

  return {
    name: `development people (${namesOf(people)})`,
    issuer,
    check: checkDevelopment,
    begin: async ({ state, redirectUri }) => new URL(`${path}?${new URLSearchParams({ state })}`, redirectUri),
    finish: async (answer, transaction) => {
      if (answer.searchParams.get('state') !== transaction.state) throw new SessionError('login_failed')
      return redeem(answer.searchParams.get('code') ?? '', transaction)
    },
    endSessionUrl: async () => null,
    judgeLogoutToken: async () => {
      throw new ProblemError('request_invalid', { detail: 'logout_token: this provider sends none' })
    },
    page: async (request) => {
      const url = new URL(request.url)
      if (url.pathname !== path) return null
      if (request.method === 'GET') return developmentPage(listed, stateOf(url.searchParams))
      if (request.method !== 'POST') return null
      const form = await readForm(request)
      const state = stateOf(form)
      const person = bySubject.get(form.get('subject') ?? '')
      if (!person) throw new ProblemError('request_invalid', { detail: 'subject: expected one of the people of the configuration' })
      return answer(choose(person, state), state)
    },
  }
}

/** The start-up lines name a few; the page names all. */
function namesOf(people: readonly DevelopmentPerson[]): string {
  const named = people.slice(0, 5).map(({ subject }) => subject)
  return `${named.join(', ')}${people.length > named.length ? ` and ${people.length - named.length} more` : ''}`
}

/** Back to the gateway, as a provider does (RFC 6749 section 4.1.2). */
function answer(code: string, state: string): Response {
  return new Response(null, { status: 302, headers: { Location: `/callback?${new URLSearchParams({ code, state })}` } })
}

/** Nobody is asked for anything here, so whatever class is asked for is granted, and every choice is a new authentication. */
function authenticationOf({ person, madeAtMs }: Choice, acr: string | null): Authentication {
  return { issuer, subject: person.subject, authenticatedAtMs: madeAtMs, acr, amr: [], idpSession: null, claims: person }
}

function checkDevelopment({ origin, production }: { readonly origin: string; readonly production: boolean }): void {
  if (production)
    throw new TypeError('idp: developmentPeople asks nobody for a password; in production use oidc({ issuer, clientId, clientSecret })')
  const { hostname } = new URL(origin)
  if (!isLoopback(hostname)) {
    throw new TypeError(
      `idp: developmentPeople needs a gateway on a loopback host such as http://localhost:4400, found ${origin}; elsewhere use oidc(…)`,
    )
  }
}

function indexed(people: readonly DevelopmentPerson[]): ReadonlyMap<string, DevelopmentPerson> {
  if (!Array.isArray(people) || people.length === 0 || people.length > mostPeople) {
    throw new TypeError(`developmentPeople: expected a list of 1 to ${mostPeople} people`)
  }
  const bySubject = new Map<string, DevelopmentPerson>()
  for (const [index, person] of people.entries()) {
    const { subject } = person
    if (typeof subject !== 'string' || subject === '' || subject.length > 255) {
      throw new TypeError(`developmentPeople[${index}].subject: expected 1 to 255 characters, found ${JSON.stringify(subject)}`)
    }
    if (bySubject.has(subject)) throw new TypeError(`developmentPeople[${index}].subject: ${JSON.stringify(subject)} is there twice`)
    bySubject.set(subject, structuredClone(person))
  }
  return bySubject
}

function listedPerson({ subject, name, roles }: DevelopmentPerson): ListedPerson {
  return {
    subject,
    name: typeof name === 'string' && name !== '' ? name : subject,
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : [],
  }
}

/** The gateway's states are 32 random bytes; nothing else goes back into a page. */
function stateOf(parameters: URLSearchParams): string {
  const state = parameters.get('state') ?? ''
  if (!/^[A-Za-z0-9_-]{43}$/.test(state))
    throw new ProblemError('request_invalid', { detail: 'state: expected the one of a login of this gateway' })
  return state
}
