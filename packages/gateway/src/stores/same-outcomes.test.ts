import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { ada, auditOf, bob, createClock, entryOf, newSession } from '../store-contract/bench.ts'
import { createTemporaryFolder } from './fixtures/temporary-folder.ts'
import { memoryStore } from './memory.ts'
import { sqliteStore } from './sqlite.ts'
import type { Commit, SessionRecord, SessionStore } from './store.ts'

const folder = createTemporaryFolder('memory')
afterAll(folder.remove)

const ids = ['a', 'b', 'c', 'd', 'e']
const people = [ada, bob, { ...ada, issuer: 'https://elsewhere.example.com' }]

/** One call of a store, or time going by. `known` is what the model holds under the command's id before the call. */
type Command =
  | { readonly verb: 'wait'; readonly ms: number }
  | {
      readonly verb: 'call'
      readonly about: string
      call(store: SessionStore, known: SessionRecord | null, epoch: string): Promise<unknown>
    }

const anId = fc.constantFrom(...ids)
const aPerson = fc.constantFrom(...people)
const aProviderSession = fc.constantFrom('p', 'q', null)
const aGeneration = fc.constantFrom(0, 0, 0, 0, -1, -1, -2, 1)
// A value as it comes off the wire: JSON has no negative zero.
const aJsonValue = fc.json().map((text): unknown => JSON.parse(JSON.stringify(JSON.parse(text))))
const aLife = fc.constantFrom(20, 100, 100_000, 100_000)

function verb(about: string, call: (store: SessionStore, known: SessionRecord | null, epoch: string) => Promise<unknown>): Command {
  return { verb: 'call', about, call }
}

const creation = fc
  .record({
    id: anId,
    person: aPerson,
    life: aLife,
    idpSession: aProviderSession,
    endingsAtStart: fc.integer({ min: 0, max: 4 }),
    limit: fc.option(
      fc.record({ max: fc.integer({ min: 1, max: 3 }), onOverflow: fc.constantFrom('deny' as const, 'end-oldest' as const) }),
    ),
    replaces: fc.option(anId, { freq: 4 }),
  })
  .map(({ id, person, life, ...given }) =>
    verb(id, (store) => store.create(newSession(id, { ...person, ...given, idleMs: life, absoluteMs: 3 * life }), entryOf('create'))),
  )

/** Three people are signed in before anything happens, so that most calls find somebody. */
const beginning: readonly Command[] = ['a', 'b', 'c'].map((id, index) =>
  verb(id, (store) => store.create(newSession(id, { ...people[index] }), entryOf('create'))),
)

const commit = fc
  .record({
    id: anId,
    expected: fc.constantFrom('current', 'current', 'current', 'old', 'other draw', 'none'),
    body: fc.option(fc.string()),
    signal: fc.option(
      fc.record({ name: fc.constantFrom('s', 't', '__proto__'), value: aJsonValue, ttlMs: fc.integer({ min: 1, max: 60 }) }),
    ),
    write: fc.option(fc.record({ key: fc.constantFrom('k', 'l', 'm'), requestHash: fc.constantFrom('r', 'r', 'other') })),
    shown: fc.option(aGeneration),
    draw: fc.string({ minLength: 8, maxLength: 8 }),
    contract: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ id, expected, shown, ...given }) =>
    verb(id, (store, known) => {
      const version = (known?.version ?? 1) - (expected === 'old' ? 1 : 0)
      const stamp = { version, draw: expected === 'other draw' ? '' : (known?.draw ?? '') }
      const change: Commit = { ...given, id, expected: expected === 'none' ? null : stamp, shown: generationOf(known, shown) }
      return store.commit(change, entryOf('update', { paths: [id] }))
    }),
  )

function generationOf(known: SessionRecord | null, offset: number | null): number | null {
  return offset === null ? null : (known?.generation ?? 1) + offset
}

const ends = fc.oneof(
  fc
    .tuple(anId, fc.constantFrom('revoked' as const, 'invalid' as const, 'expired' as const))
    .map(([id, reason]) => verb(id, (store) => store.end(id, reason, entryOf('end')))),
  fc
    .tuple(aPerson, fc.option(anId))
    .map(([person, except]) => verb('', (store) => store.endSubject(person, except, entryOf('end_subject')))),
)

const endOfAll = fc.constant(verb('everybody', (store) => store.endAll(entryOf('end_all'))))

const tokens = fc.oneof(
  fc
    .tuple(anId, aGeneration, aLife)
    .map(([id, shown, life]) => verb(id, (store, known) => store.exchange(id, generationOf(known, shown) ?? 0, life, entryOf('exchange')))),
  fc.tuple(anId, aGeneration).map(([id, shown]) => verb(id, (store, known) => store.confirm(id, generationOf(known, shown) ?? 0))),
)

const looks = fc.oneof(
  fc.array(fc.constantFrom(...ids, 'x')).map((some) => verb('', (store) => store.read(some))),
  aPerson.map((person) => verb('', (store) => store.listBySubject(person))),
  fc.tuple(aPerson, fc.constantFrom('p', 'q')).map(([{ issuer }, session]) => verb('', (store) => store.findByIdpSession(issuer, session))),
  fc
    .tuple(fc.integer({ min: -1, max: 15 }), fc.boolean())
    .map(([seq, own]) => verb('', (store, _, epoch) => store.changesSince(seq, own ? epoch : 'other'))),
  fc
    .record({ afterSeq: fc.nat(30), idHash: fc.option(anId.map((id) => `hash of ${id}`)), limit: fc.nat(10) })
    .map((query) => verb('', (store) => store.auditQuery(query))),
  fc.constant(verb('', (store) => store.health())),
)

const housekeeping = fc.oneof(
  fc
    .record({ ended: fc.integer({ min: -50, max: 50 }), audit: fc.integer({ min: -50, max: 50 }), limit: fc.integer({ min: 1, max: 4 }) })
    .map(({ ended, audit, limit }) =>
      verb('', async (store) => {
        const { nowMs } = await store.health()
        return store.sweep({ endedBeforeMs: nowMs + ended, auditBeforeMs: nowMs + audit, limit })
      }),
    ),
  fc.string().map((reason) => verb('', (store) => store.appendAudit(entryOf('update', { outcome: 'denied', reason })))),
  fc.tuple(fc.nat(3), fc.array(fc.string())).map(([revision, keys]) => verb('', (store) => store.saveSigningKeys(revision, keys))),
  fc.constant(verb('', (store) => store.signingKeys())),
)

// Set back too: whatever a clock does, an ended session stays ended.
const wait = fc.constantFrom(1, 1, 5, 5, 20, -20, 10_000).map((ms): Command => ({ verb: 'wait', ms }))

const commands = fc.array(
  fc.oneof(
    { arbitrary: creation, weight: 5 },
    { arbitrary: commit, weight: 8 },
    { arbitrary: tokens, weight: 5 },
    { arbitrary: ends, weight: 2 },
    { arbitrary: endOfAll, weight: 1 },
    { arbitrary: looks, weight: 3 },
    { arbitrary: housekeeping, weight: 1 },
    { arbitrary: wait, weight: 3 },
  ),
  { minLength: 10, maxLength: 60, size: 'max' },
)

describe('memory and sqlite', () => {
  it('answer every sequence of calls alike, and keep the rules at every step', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(commands, async (steps) => {
        const clock = createClock()
        const model = memoryStore({ clock: clock.now })
        const store = sqliteStore({ path: folder.newPath(), clock: clock.now })
        try {
          for (const step of [...beginning, ...steps]) {
            if (step.verb === 'wait') clock.advance(step.ms)
            else await compare(step, model, store)
          }
          expect(await everythingIn(store)).toEqual(await everythingIn(model))
        } finally {
          await store.close()
        }
      }),
      { numRuns: Number(process.env['SINGLE_STATE_MODEL_RUNS'] ?? 100) },
    )
  })
})

async function compare(step: Extract<Command, { verb: 'call' }>, model: SessionStore, store: SessionStore): Promise<void> {
  const before = await everythingIn(model)
  const known = before.records[ids.indexOf(step.about)] ?? null
  const [expected, found] = [await outcomeOf(step, model, known), await outcomeOf(step, store, known)]
  expect(found).toEqual(expected)
  if (step.about !== 'everybody') checkRules(before, await everythingIn(model))
}

/** What a call answered, without the epoch, which is each store's own. */
async function outcomeOf(step: Extract<Command, { verb: 'call' }>, store: SessionStore, known: SessionRecord | null): Promise<unknown> {
  const { epoch } = await store.health()
  const outcome = await step.call(store, known, epoch).catch((error: unknown) => ({ error: String(error) }))
  return typeof outcome === 'object' && 'epoch' in (outcome ?? {}) ? { ...outcome, epoch: null } : outcome
}

type Everything = Awaited<ReturnType<typeof everythingIn>>

async function everythingIn(store: SessionStore) {
  const { records, seq } = await store.read(ids)
  return { records, seq, audit: await auditOf(store), keys: await store.signingKeys() }
}

/** Rules that hold between any two moments, said without the code that keeps them. */
function checkRules(before: Everything, after: Everything): void {
  let changes = 0
  for (const [index, record] of after.records.entries()) {
    const earlier = before.records[index] ?? null
    if (record === null) continue
    const versions = record.version - (earlier?.version ?? 0)
    expect([0, 1]).toContain(versions)
    if (earlier?.ended) expect(record).toEqual(earlier)
    if (earlier) expect([0, 1]).toContain(record.generation - earlier.generation)
    changes += versions + (record.ended !== null && !earlier?.ended ? 1 : 0)
  }
  expect(after.seq - before.seq).toBe(changes)
  const firstSeq = after.audit[0]?.seq ?? 0
  expect(after.audit.map(({ seq }) => seq)).toEqual(after.audit.map((_, index) => firstSeq + index))
  const news = after.audit.filter(({ seq }) => seq > (before.audit.at(-1)?.seq ?? 0) && before.audit.length > 0)
  const versioned = news.filter(({ toVersion }) => toVersion !== null)
  if (before.audit.length > 0) expect(versioned).toHaveLength(changes)
  for (const { session, fromVersion, toVersion } of versioned) {
    const index = ids.findIndex((id) => `hash of ${id}` === session)
    expect([fromVersion, toVersion]).toEqual([before.records[index]?.version ?? 0, after.records[index]?.version])
  }
}
