import { codes, type SessionErrorCode } from '@single-state/core/protocol'
import * as snapshotCache from '../../core/src/cache/snapshot-cache.ts'
import * as answers from '../../core/src/client/answers.ts'
import * as breaker from '../../core/src/client/breaker.ts'
import * as exchange from '../../core/src/client/exchange.ts'
import * as gatewayCalls from '../../core/src/client/gateway-calls.ts'
import * as heartbeat from '../../core/src/client/heartbeat.ts'
import * as knownGateway from '../../core/src/client/known-gateway.ts'
import * as readFlights from '../../core/src/client/read-flights.ts'
import * as sessionContext from '../../core/src/client/session-context.ts'
import * as sessionWriter from '../../core/src/client/session-writer.ts'
import * as tokenCheck from '../../core/src/client/token-check.ts'
import * as transport from '../../core/src/client/transport.ts'
import * as verifyToken from '../../core/src/client/verify-token.ts'
import * as assurance from '../../core/src/consistency/assurance.ts'
import * as idempotency from '../../core/src/consistency/idempotency.ts'
import * as lease from '../../core/src/consistency/lease.ts'
import * as lineage from '../../core/src/consistency/lineage.ts'
import * as depth from '../../core/src/document/depth.ts'
import * as wire from '../../core/src/document/wire-limits.ts'
import * as changes from '../../core/src/http/changes.ts'
import * as cookie from '../../core/src/http/cookie.ts'
import * as denial from '../../core/src/http/denial.ts'
import * as resolve from '../../core/src/http/resolve.ts'
import * as undici from '../../core/src/node/undici-transport.ts'
import * as auditDrain from '../src/audit/drain.ts'
import * as auditEntries from '../src/audit/entries.ts'
import * as auditSink from '../src/audit/sink-deadlines.ts'
import * as auditVerdict from '../src/audit/verify.ts'
import * as auditVerify from '../src/commands/audit-verify.ts'
import * as doctorProvider from '../src/commands/doctor/provider.ts'
import * as doctorGateway from '../src/commands/doctor/running-gateway.ts'
import * as operatorCalls from '../src/commands/operator-calls.ts'
import { connectionLimitsOf } from '../src/connection-limits.ts'
import * as guardedStore from '../src/guarded-store.ts'
import * as entityTag from '../src/http/entity-tag.ts'
import * as readJson from '../src/http/read-json.ts'
import * as requestHeaders from '../src/http/request-headers.ts'
import * as readers from '../src/leases/readers.ts'
import * as authenticationOf from '../src/oidc/authentication-of.ts'
import * as backchannelLogout from '../src/oidc/backchannel-logout.ts'
import * as logoutToken from '../src/oidc/logout-token.ts'
import * as providerFetch from '../src/oidc/provider-fetch.ts'
import * as readForm from '../src/oidc/read-form.ts'
import * as replayGuard from '../src/oidc/replay-guard.ts'
import * as transaction from '../src/oidc/transaction.ts'
import * as transactionCookies from '../src/oidc/transaction-cookies.ts'
import * as derive from '../src/policy/derive.ts'
import * as failedKeys from '../src/policy/failed-keys.ts'
import * as parsedDocuments from '../src/policy/parsed-documents.ts'
import * as presented from '../src/presented.ts'
import * as refreshSubject from '../src/routes/refresh-subject.ts'
import * as schemas from '../src/routes/schemas.ts'
import * as serve from '../src/serve.ts'
import * as changeLog from '../src/stores/change-log.ts'
import * as sweep from '../src/sweep.ts'
import * as keys from '../src/tokens/keys.ts'
import * as shownKids from '../src/tokens/shown-kids.ts'
import * as verifiedTokens from '../src/tokens/verified-tokens.ts'
import { bytes, count, ms, seconds } from './limit-text.ts'

// Every limit that is not an option of its own table, by the constant that enforces it. The section "Limits" of
// docs/reference/configuration.md is made of this; limits.test.ts finds a constant that is missing here.

/** One row: what is limited, the limit as people write it, and what happens beyond it. */
export type Limit = readonly [what: string, limit: string, beyond: string]

const connections = connectionLimitsOf({})

/** How the HTTP API answers: the status that the code has everywhere, and the code. */
const answer = (code: SessionErrorCode) => `${codes[code].status} \`${code}\``

const invalid = answer('request_invalid')
const verifiedAgain = 'the one used longest ago is verified again'

/** Rows of tables, by the heading that a table stands under. */
export const limits: Readonly<Record<string, readonly Limit[]>> = {
  'Connections of a gateway': [
    ['connections of one gateway', count(connections.most), 'refused'],
    ['requests under way at one gateway', 'as many as `connections.most`', '503, `Retry-After`, connection closed'],
    ['connections waiting to be taken', count(serve.mostWaiting), 'they try again after a second; the system may allow fewer'],
    ['headers of a request', bytes(serve.limits.maxHeaderSize), '431, connection closed'],
    ['time for the headers of a request', ms(connections.headersTimeoutMs), '408, connection closed'],
    ['time for a whole request', ms(connections.requestTimeoutMs), '408, connection closed'],
    ['time between two requests of a connection', ms(serve.limits.keepAliveTimeout), 'connection closed'],
    ['time for answers under way when a gateway stops', ms(serve.defaultDrainMs), 'cut off; `drainMs` says otherwise'],
    ['silence on a connection, three times the time for a request', ms(connections.silenceMs), 'connection closed'],
  ],
  'Requests to a gateway': [
    ...bodyRows('a request', readJson.bodyLimits),
    ...bodyRows('`POST /v1/reads`', readJson.readsBodyLimits),
    ...bodyRows('`POST /v1/heartbeat`', readJson.heartbeatBodyLimits),
    ['sessions in one `POST /v1/reads`', count(wire.mostReads), invalid],
    ['characters of an entity tag in `POST /v1/reads`', count(wire.longestEntityTag), invalid],
    ['tags in `If-Match`, `If-None-Match`', count(entityTag.mostTags), invalid],
    ['characters of an idempotency key', count(requestHeaders.longestIdempotencyKey), invalid],
    ['writes of a session that can be repeated', count(idempotency.rememberedWrites), 'an older key counts as a new write'],
    ['characters of a reason', count(wire.longestReason), invalid],
    ['characters of a path in a change', count(wire.longestPath), invalid],
    ['paths that a change takes out', count(wire.mostUnset), invalid],
    ['levels of a document', count(depth.deepestLevels), answer('document_invalid')],
    ['characters of an application key', count(requestHeaders.longestBearer), answer('application_unknown')],
    [
      `wrong application keys of one name from one address in ${ms(failedKeys.windowMs)}`,
      count(failedKeys.mostFailures),
      `${answer('rate_limited')}; a right key is never limited`,
    ],
    ['names and addresses whose wrong keys are counted', count(failedKeys.mostCounted), 'the first of them is counted anew'],
    ["sessions of a person's refresh at once", count(refreshSubject.mostAtOnce), 'they wait for those before them'],
    ['attempts to refresh one session', count(refreshSubject.mostAttempts), answer('version_conflict')],
    ['records in a page of the audit', count(schemas.mostRecords), invalid],
    ['characters of a session id in a question to the audit', count(schemas.longestSessionId), invalid],
    ['records in one verdict about the audit', count(auditVerdict.sliceSize), '`next` names the next slice'],
    ['faults in one verdict about the audit', count(auditVerdict.mostFaults), 'left out'],
    ['paths that the audit keeps of a denied write', count(auditEntries.mostDeniedPaths), 'left out'],
  ],
  'The store of a gateway': [
    ['calls to the store at once', count(guardedStore.mostCalls), answer('store_unavailable')],
    ...storeDeadlines(),
    ["a read's wait for the confirmation of its token", ms(presented.confirmPatienceMs), 'it goes on with what it has read'],
    ['changes that a store remembers for `changesSince`', count(changeLog.keptChanges), 'a reader starts anew'],
    ['time that an ended session is remembered, beyond its absolute life and that of a token', ms(sweep.marginMs), 'swept'],
    ['time for the audit sink to take a batch, or to say what it has', ms(auditSink.answerMs), 'told in the log, and tried again'],
    [
      'time for the last records to reach the audit sink when a gateway is closed',
      ms(auditDrain.lastPassMs),
      'told in the log; the next start goes on there',
    ],
    ['time for the audit sink to close', ms(auditSink.closeMs), 'told in the log'],
    ['ended sessions, or audit records, swept at a time', count(sweep.mostOfEach), 'the next sweep follows after a second'],
    ['characters of documents held parsed', count(parsedDocuments.mostCharacters), 'the one used longest ago is parsed again'],
    ['values of encrypted signals held open', count(parsedDocuments.mostHeld), 'the one used longest ago is opened again'],
  ],
  'Tokens and keys': [
    ['characters of a token', count(wire.longestToken), answer('token_invalid')],
    ["characters of a key's name", count(wire.longestKid), answer('token_invalid')],
    ['life of a token', seconds(verifyToken.longestLifeS), answer('token_invalid')],
    ['time in which a replaced token may be exchanged again', ms(lineage.exchangeGraceMs), '`token_reused`, the session ends'],
    ['difference of clocks between gateway and application', ms(verifyToken.clockLeewayMs), '`token_invalid` or `token_expired`'],
    ['bytes of the session cookie', count(cookie.largestCookieBytes), 'not set'],
    ['verified tokens that a gateway remembers', count(verifiedTokens.rememberedTokens), verifiedAgain],
    ['time between looks into the store for an unknown key', ms(shownKids.lookEveryMs), answer('store_unavailable')],
    ['names of unknown keys that a gateway remembers', count(shownKids.mostKids), 'the oldest is looked for again'],
    ['attempts to change the signing keys', count(keys.mostAttempts), answer('store_unavailable')],
    ['life of a session context', seconds(sessionContext.sessionContextSeconds), 'the application asks the gateway'],
    ['characters of a session context', count(sessionContext.longestSessionContext), 'passed on without one'],
  ],
  'Sign-in and sign-out': [
    ['time for a sign-in', seconds(transaction.transactionSeconds), answer('login_failed')],
    ['bytes of the cookies of sign-ins under way', bytes(transactionCookies.mostBytes), 'the oldest sign-in is forgotten'],
    ['characters of `return_to`', count(denial.longestReturnTo), invalid],
    ['characters of `acr_values`', count(assurance.longestAcrValues), invalid],
    ['names in `acr_values`', count(assurance.mostAcrValues), invalid],
    ['`max_age`', seconds(assurance.longestMaxAgeS), invalid],
    ["difference of clocks where a sign-in's age is judged", ms(assurance.assuranceLeewayMs), answer('assurance_insufficient')],
    ['characters of `sub`', count(authenticationOf.longest.subject), answer('login_failed')],
    ['characters of the issuer', count(authenticationOf.longest.issuer), answer('login_failed')],
    ['characters of `acr`', count(authenticationOf.longest.acr), 'left out'],
    ["characters of the provider's `sid`", count(authenticationOf.longest.idpSession), 'left out'],
    ['characters of one method in `amr`', count(authenticationOf.longest.amr), 'left out'],
    ['methods in `amr`', count(authenticationOf.longest.amrEntries), 'left out'],
    ['time for `derive`', ms(derive.deadlineMs), answer('login_failed')],
    ['time for `claimsOf`', ms(derive.deadlineMs), answer('identity_provider_unavailable')],
    ['answer of the identity provider', bytes(providerFetch.largestAnswerBytes), '`identity_provider_unavailable`'],
    ["form of the identity provider's sign-out", bytes(readForm.mostBytes), invalid],
    ['life of a logout token', seconds(logoutToken.longestLifeS), invalid],
    ['difference of clocks between gateway and identity provider', seconds(logoutToken.clockLeewayS), invalid],
    ['characters of `jti`, `sub`, `sid` in a logout token', count(logoutToken.longestName), invalid],
    ['sign-outs by the identity provider at once', count(backchannelLogout.mostUnderWay), answer('rate_limited')],
    ['logout tokens remembered', count(replayGuard.mostRemembered), 'the oldest could be obeyed again'],
  ],
  'Live reads': [
    ['life of a lease', ms(lease.leaseMs), 'live reads ask the gateway'],
    ['time between heartbeats', ms(lease.heartbeatMs), ''],
    ['time between heartbeats while the gateway is away', ms(heartbeat.longestPauseMs), ''],
    ['wait of a write until it is acknowledged', ms(lease.settleMs), ''],
    ['processes with leases that are told apart', count(readers.mostReaders), 'every write waits its whole time'],
    ["characters of a process's name in a heartbeat", count(wire.longestProcessName), invalid],
    ['characters of an epoch in a heartbeat', count(wire.longestEpoch), invalid],
    ['difference of wall and monotonic clock within a lease', ms(lease.clockSlackMs), 'live reads ask the gateway'],
  ],
  'An application': [
    ["an application's wait for a connection", ms(undici.connectTimeoutMs), '`unavailable`'],
    ["an application's wait for a read or an exchange", ms(gatewayCalls.readTimeoutMs), '`unavailable`'],
    ["an application's wait for a write", ms(gatewayCalls.writeTimeoutMs), 'repeated with its key, then `outcome_unknown`'],
    ["an application's wait for a person's refresh", ms(gatewayCalls.refreshTimeoutMs), 'repeated, then `outcome_unknown`'],
    ['repeats of a write whose outcome is not known', count(sessionWriter.repeatsOfUnknown), '`outcome_unknown`'],
    ['decisions of one `update` made again', count(changes.defaultRetries), '`SessionConflictError`; `retries` says otherwise'],
    ["an answer's wait for the successor of a token at half of its life", ms(resolve.patienceMs), 'without it; a later answer carries one'],
    ['reads in one request of an application', count(readFlights.largestBatch), 'they wait for the next request'],
    ['requests for reads of an application at once', count(readFlights.mostOut), 'reads wait for the next request'],
    ['sessions waiting to be read', count(readFlights.mostWaiting), '`unavailable`'],
    ['exchanges of an application at once', count(exchange.mostOut), 'exchanges wait for one to land'],
    ['tokens waiting to be exchanged', count(exchange.mostWaiting), '`unavailable`'],
    ['size of an answer that an application reads', bytes(transport.largestAnswerBytes), '`unavailable`'],
    ['characters of the token in an answer', count(answers.longestSuccessor), '`unavailable`'],
    ['failures until an application stops asking', count(breaker.failuresToOpen), '`unavailable` at once'],
    ['time between probes of a gateway that is away', ms(breaker.probeEveryMs), ''],
    ['age of the keys that an application holds', ms(knownGateway.refreshEveryMs), 'asked for behind the reads'],
    ['names of unknown keys that are told apart', count(knownGateway.rememberedKids), 'the one shown longest ago is asked for once more'],
    ['time between questions for unknown keys', ms(knownGateway.findEveryMs), 'a token of another one is `unavailable`'],
    ['questions for keys that change meanwhile', count(knownGateway.mostAttempts), '`unavailable`'],
    ['sessions in the cache', count(snapshotCache.defaultEntries), 'the one read longest ago goes'],
    ['size of the cache', bytes(snapshotCache.defaultBytes), 'the one read longest ago goes'],
    ['verified tokens that an application remembers', count(tokenCheck.rememberedTokens), verifiedAgain],
  ],
  'The command': [
    ["an operator's wait for the gateway", ms(operatorCalls.defaultTimeoutMs), 'exits with an error'],
    ['wait of `audit verify` for a slice', ms(auditVerify.verifyTimeoutMs), 'exits with 3'],
    ['wait of `doctor` for the identity provider', ms(doctorProvider.timeoutMs), 'told as a finding'],
    ['wait of `doctor` for a running gateway', ms(doctorGateway.timeoutMs), 'told as a finding'],
  ],
}

function bodyRows(request: string, { bytes: size, depth: levels, keys: names, string }: readJson.BodyLimits): readonly Limit[] {
  return [
    [`body of ${request}`, bytes(size), answer('document_too_large')],
    [`levels in the body of ${request}`, count(levels), invalid],
    [`names in the body of ${request}`, count(names), invalid],
    [`characters of a string in the body of ${request}`, count(string), invalid],
  ]
}

/** One row for all calls that have the same time and are answered in the same way beyond it. */
function storeDeadlines(): readonly Limit[] {
  const alike = Map.groupBy(Object.entries(guardedStore.deadlines), ([, { ms: time, late }]) => `${time} ${late}`)
  return [...alike.values()].map((calls) => {
    const [[, deadline]] = calls as [(typeof calls)[number]]
    return [`time for ${calls.map(([call]) => `\`${call}\``).join(', ')} in the store`, ms(deadline.ms), answer(deadline.late)]
  })
}
