type NotApplicable = Readonly<Record<string, string>>

const toLogin = 'who is not signed in is sent to the login, whoever asks'
const thrown = 'a refusal is thrown to error.tsx; Next.js answers 500'
const forbidden = 'forbidden() answers with the 403 page of the application'
const ownWords = 'Next.js says no-store in its own words'
const noAnswer = 'the handler has no answer of its own to put headers on'
const setEarly = 'Next.js has the cookie before the page or the action does its work, and writes it after that'
const noWrite = 'a page cannot write a cookie'

const neither: NotApplicable = {
  ...because(toLogin, [
    'answers a program without a session with 401',
    'challenges a program whose sign-in is too weak or too old, and leaves the session alone',
    'answers a form that was sent without a session with a page, not with a login that would lose it',
    'answers 401 with the reason once a session has ended',
    'answers 401 once nobody has used a session for too long, or it has lasted long enough',
    'never exchanges a bearer token: it works to its end and no longer',
    'takes a token that was changed for none',
    'keeps a session that the gateway has ended ended, whatever comes after',
    'T-ROT-6: no answer of those who lost an exchange, or were refused one, clears the cookie or sets it back',
  ]),
  ...because(forbidden, [
    'answers 403 where the session does not allow it, and asks the rule of this session',
    'refuses people with pages and programs with problems, by Accept where the browser does not say',
    'refuses what another site sends with the cookie, and changes nothing',
    'takes a page of its host without TLS for another site, although the request reaches it without TLS',
  ]),
  ...because(thrown, [
    'answers 409 where the session says otherwise than the request expects',
    'expects what the request itself names, where that depends on the request',
    'answers 503 with Retry-After while the gateway is away, and leaves the cookie alone',
    'lets nobody keep that answer, whatever the handler said before',
    'lets no cache of the network keep that answer, nor another refusal, whatever was said to those before',
    'answers 503 before the gateway has answered for the first time',
    'tells a person with a page, and does not send them to a login that is away',
    'does not sign anybody out whose token runs out meanwhile',
    'lets a snapshot stand in only where the route allows it, and never for a write',
    'does not pretend to have signed anybody out',
    'ends the session of a token that is used long after it was replaced, and leaves the cookie',
    'refuses two values of the cookie with 400',
    'refuses a cookie together with a bearer token with 400',
    'lets an error of a handler reach the framework',
    'lets an error of a rule reach the framework, and nobody through',
  ]),
  ...because(ownWords, ['lets nobody keep a refusal']),
  ...because(noAnswer, ['headers']),
  ...because(setEarly, ['T-ROT-6: no answer that is written late sets the cookie back']),
}

/** What a route handler cannot: there is no error handler of the application behind it. */
export const notInRouteHandlers: NotApplicable = because('Next.js answers 500 without a body; nothing of the application is asked', [
  'lets an error of a handler reach the framework',
  'lets an error of a rule reach the framework, and nobody through',
])

/** What a page behind the proxy cannot. */
export const notInProxiedPages: NotApplicable = {
  ...neither,
  ...because('writes belong in actions and handlers', [
    'writes',
    'clears the cookie with a sign-out, and ends the session everywhere',
    'signs out whose token is due for exchange or has expired: no successor comes with it',
    'serves a call from another application by its bearer token, which no other site can send',
  ]),
}

/** What a page without the proxy cannot. */
export const notInPages: NotApplicable = {
  ...notInProxiedPages,
  ...because('only the proxy knows the address of a page', [
    'sends a person who opens a page to the login, and back to that page',
    'sends them back to the whole address, from a router within the application too',
    'sends a person who opens such a page to a login that asks for it, and back to that page',
  ]),
  ...because(noWrite, [
    'hands the browser a successor at half life, which is used from then on',
    'hands one to a visitor of a route that requires nothing, too',
    'hands one over with a refusal, too',
    'exchanges a token that has expired',
    'keeps two tabs signed in that exchange the same token at once',
    'opens one session for a request that passes the middleware twice',
  ]),
}

/** What a server action behind the proxy cannot. */
export const notInActions: NotApplicable = {
  ...neither,
  ...because(thrown, [
    'answers 409 when somebody else was faster, and changes nothing',
    'answers 503 when it cannot be known what became of a write',
    'answers 401 to a write without a session, or to one that has ended',
  ]),
  ...because('Next.js writes the attributes of a cookie its own way', [
    'hands the browser a successor at half life, which is used from then on',
    'clears the cookie with a sign-out, and ends the session everywhere',
    'signs out whose token is due for exchange or has expired: no successor comes with it',
  ]),
  ...because('an action is not a link', ['lets a link from another site open a page']),
}

function because(reason: string, titles: readonly string[]): NotApplicable {
  return Object.fromEntries(titles.map((title) => [title, reason]))
}
