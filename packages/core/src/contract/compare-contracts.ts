import { isGranted, partOf } from '../consistency/grants.ts'
import { compareSchemas } from './compare-schemas.ts'
import { breaking, type ContractChange, safe } from './contract-change.ts'
import type { ContractDescription } from './describe-contract.ts'
import { toSchema } from './json-schema.ts'

/**
 * What changed from an older contract to a newer one, and what of it breaks an application or a document of the older.
 *
 * ```ts
 * const changes = compareContracts(parseContractDescription(committed), describeContract(contract))
 * const broken = changes.filter(({ kind }) => kind === 'breaking')
 * ```
 */
export function compareContracts(older: ContractDescription, newer: ContractDescription): ContractChange[] {
  return [
    ...compareHeader(older, newer),
    ...compareSchemas(older.entitlements, newer.entitlements, 'entitlements', true),
    ...compareSchemas(older.context, newer.context, 'context', true),
    ...compareMembers(older.signals, newer.signals, 'signals', compareSignal),
    ...compareMembers(older.applications, newer.applications, 'applications', (before, after, path) => [
      ...compareReads(before.reads, after.reads, older, newer, path),
      ...compareWrites(before.writes, after.writes, path),
      ...compareLists(before.publishes, after.publishes, `${path}.publishes`),
      ...compareLimit(
        before.staleMs,
        after.staleMs,
        `${path}.stale`,
        'ms',
        'older applications go on serving what is older than now promised',
      ),
      ...compareOperates(before.operates, after.operates, `${path}.operates`),
    ]),
    ...compareCarryOver(older.carryOver, newer.carryOver),
    ...compareLifetimes(older, newer),
  ]
}

type Application = ContractDescription['applications'][string]
type SignalDescription = ContractDescription['signals'][string]

function compareHeader(older: ContractDescription, newer: ContractDescription): ContractChange[] {
  const changes: ContractChange[] = []
  if (older.name !== newer.name) {
    changes.push(breaking('name', `the contract was ${older.name} and is ${newer.name}: older applications are of another contract`))
  }
  if (newer.revision < older.revision) changes.push(breaking('revision', `went back from ${older.revision} to ${newer.revision}`))
  if (newer.revision > older.revision) changes.push(safe('revision', `went from ${older.revision} to ${newer.revision}`))
  return changes
}

/** Members by name: what went breaks those who use it, what came breaks nobody, what stayed is compared. */
function compareMembers<Member>(
  older: Readonly<Record<string, Member>>,
  newer: Readonly<Record<string, Member>>,
  path: string,
  compare: (older: Member, newer: Member, path: string) => ContractChange[],
): ContractChange[] {
  const names = [...new Set([...Object.keys(older), ...Object.keys(newer)])]
  return names.flatMap((name) => {
    const at = `${path}.${name}`
    const [before, after] = [own(older, name), own(newer, name)]
    if (before === undefined) return [safe(at, 'was added')]
    return after === undefined ? [breaking(at, 'was removed')] : compare(before, after, at)
  })
}

function own<Member>(members: Readonly<Record<string, Member>>, name: string): Member | undefined {
  return Object.hasOwn(members, name) ? members[name] : undefined
}

function compareSignal(older: SignalDescription, newer: SignalDescription, path: string): ContractChange[] {
  return [
    ...compareSchemas(older.schema, newer.schema, path, false),
    ...compareLimit(older.ttlMs, newer.ttlMs, `${path}.ttl`, 'ms', 'readers lose it sooner than older publishers count on'),
  ]
}

function compareReads(
  before: readonly string[],
  after: readonly string[],
  older: ContractDescription,
  newer: ContractDescription,
  path: string,
): ContractChange[] {
  // Keys that went from the contract itself are reported there.
  const lost = reach(before, older).filter((read) => !isGranted(after, read) && reach([partOf(read)], newer).includes(read))
  const lostParts = [...new Set(before.map(partOf))].filter((part) => !after.map(partOf).includes(part))
  const gained = reach(after, newer).filter((read) => !isGranted(before, read))
  return [
    ...[...new Set([...lost, ...lostParts])].map((read) =>
      breaking(`${path}.reads`, `${read} is not granted any more: older readers need it`),
    ),
    ...gained.map((read) => safe(`${path}.reads`, `${read} was granted`)),
  ]
}

const identityKeys = ['subject', 'issuer', 'authenticatedAt', 'acr', 'amr']

/** The single keys that a grant reaches in one contract. */
function reach(reads: readonly string[], contract: ContractDescription): readonly string[] {
  const keys: Record<string, readonly string[]> = {
    identity: identityKeys,
    entitlements: Object.keys(toSchema(contract.entitlements['properties'])),
    context: Object.keys(toSchema(contract.context['properties'])),
    signals: Object.keys(contract.signals),
  }
  return [...new Set(reads.flatMap((read) => (read === partOf(read) ? (keys[read] ?? []).map((key) => `${read}.${key}`) : [read])))]
}

function compareWrites(older: Application['writes'], newer: Application['writes'], path: string): ContractChange[] {
  const paths = [...new Set([...Object.keys(older), ...Object.keys(newer)])]
  return paths.flatMap((write) => {
    const at = `${path}.writes['${write}']`
    const [before, after] = [own(older, write), own(newer, write)]
    if (before === undefined) return [safe(at, 'was granted')]
    return after === undefined ? [breaking(at, 'is not granted any more: older writers need it')] : compareLists(before, after, at)
  })
}

function compareLists(before: readonly string[], after: readonly string[], path: string): ContractChange[] {
  return [
    ...before.filter((name) => !after.includes(name)).map((name) => breaking(path, `${name} was removed: older applications use it`)),
    ...after.filter((name) => !before.includes(name)).map((name) => safe(path, `${name} was added`)),
  ]
}

function compareLimit(before: number, after: number, path: string, unit: string, whom: string): ContractChange[] {
  if (before === after) return []
  const change = `went from ${before} to ${after} ${unit}`
  return [after < before ? breaking(path, `${change}: ${whom}`) : safe(path, change)]
}

function compareOperates(before: Application['operates'], after: Application['operates'], path: string): ContractChange[] {
  const rank = { none: 0, own: 1, all: 2 }
  const from = before ?? 'none'
  const to = after ?? 'none'
  if (from === to) return []
  return [
    rank[to] < rank[from]
      ? breaking(path, `went from ${from} to ${to}: older applications reach sessions beyond it`)
      : safe(path, `went from ${from} to ${to}`),
  ]
}

function compareCarryOver(before: readonly string[], after: readonly string[]): ContractChange[] {
  const changed = [...before.filter((path) => !after.includes(path)), ...after.filter((path) => !before.includes(path))]
  return changed.map((path) =>
    safe('carryOver', `${path} ${after.includes(path) ? 'was added' : 'was removed'}: it concerns new sessions only`),
  )
}

function compareLifetimes(older: ContractDescription, newer: ContractDescription): ContractChange[] {
  const sooner = 'people are asked to sign in sooner than older applications expect'
  return [
    ...compareLimit(
      older.lifetime.tokenMs,
      newer.lifetime.tokenMs,
      'lifetime.token',
      'ms',
      'tokens run out sooner than older applications expect',
    ),
    ...compareLimit(older.lifetime.idleMs, newer.lifetime.idleMs, 'lifetime.idle', 'ms', sooner),
    ...compareLimit(older.lifetime.absoluteMs, newer.lifetime.absoluteMs, 'lifetime.absolute', 'ms', sooner),
    ...compareLimit(older.limits.bytes, newer.limits.bytes, 'limits.bytes', 'bytes', 'older documents may be larger'),
  ]
}
