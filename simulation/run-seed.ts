import { checkHistory } from '../faults/history/check-history.ts'
import type { FinalSession, Operation, Violation } from '../faults/history/operation.ts'
import { between, createRandom, oneOf } from '../faults/load/random.ts'
import { notLinearizable } from './linearizability/strict-history.ts'
import { type Application, createApplication, firstStamp } from './load/application.ts'
import { createRecorder } from './load/recorder.ts'
import { createVisitor, type Visitor } from './load/visitor.ts'
import { createWorkload } from './load/workload.ts'
import { createGatewayNode, createIncarnation, type GatewayNode, type Incarnation } from './site/gateway-node.ts'
import { unleash } from './world/nemesis.ts'
import { createNetwork } from './world/network.ts'
import { createProcess } from './world/process.ts'
import { createReplicatedSite } from './world/replicated-store-site.ts'
import { createScheduler } from './world/scheduler.ts'
import { createSingleStore, type StoreSite } from './world/single-store.ts'

/** The stores that a world may stand on. */
const storeSites = { single: createSingleStore, pair: createReplicatedSite } as const

export type StoreKind = keyof typeof storeSites

/** What a seed came to. */
export interface SeedRun {
  readonly seed: number
  readonly kind: StoreKind
  readonly history: readonly Operation[]
  /** Sessions whose strict operations have no order; looked for where strict reads promise one. */
  readonly unordered: readonly string[]
  readonly violations: readonly Violation[]
}

/** How many crashes of gateways a run has at most. */
const spareGateways = 2

/** A document is some 400 bytes: of three sessions some processes hold one, or two, and most hold all. */
const cacheBytes = [450, 900, 100_000, 100_000, 100_000] as const

/** 1 %: what the protocol is made for. */
const rateError = 0.01
/** True time: sessions begin before the first of these, work and faults go on until the second. */
const workFromMs = 6_000
const workUntilMs = 11_000
/** How long everybody is given to learn what became of their last change, once nothing goes wrong any more. */
const graceMs = 8_000

/** Runs the world of one seed from its beginning, and judges what was seen in it. */
export async function runSeed(seed: number, kind: StoreKind): Promise<SeedRun> {
  const random = createRandom(seed)
  const scheduler = createScheduler()
  const duplicates = oneOf(random, [0, 0.02])
  const network = createNetwork({ scheduler, random, loss: oneOf(random, [0, 0, 0.005, 0.02, 0.05]), duplicates })
  const recorder = createRecorder()
  let hasBegun = false
  const onFailover = () => workload.writeOnEach(0, 60)
  const store = await storeSites[kind]({ scheduler, random, network, hasBegun: () => hasBegun, onFailover })
  const start = (name: string) => createProcess({ name, scheduler, random, rateError })

  const incarnations: Incarnation[] = []
  const nodeCount = oneOf(random, [2, 2, 3])
  for (let at = 1; at <= nodeCount + spareGateways; at += 1) {
    const process = start(`gateway-${at}`)
    incarnations.push(await createIncarnation(process, store.storeFor(process)))
  }
  const spares = incarnations.splice(nodeCount)
  const nodes = incarnations.map((incarnation) => createGatewayNode(incarnation, spares, scheduler))

  hasBegun = true
  const visitors = await signIn(nodes[0] as GatewayNode)

  network.trouble(true)

  const running = new Map<string, Application>()
  const applications = () => [...running.values()]
  const resets = oneOf(random, [0, 0.01, 0.05])
  const workload = createWorkload({ scheduler, random, visitors, applications, untilMs: workUntilMs })
  let started = 0

  function startApplication(name: string, bytes: number): void {
    started += 1
    const process = start(`${name}.${started}`)
    const onChange = workload.readEverywhere
    const refusalsHold = duplicates === 0
    const parts = { process, network, nodes, scheduler, random, resets, recorder, bytes, refusalsHold, onChange }
    const application = createApplication(parts)
    running.set(name, application)
    workload.employ(application)
  }

  for (let at = 1; at <= 3 + Math.floor(random() * 2); at += 1) startApplication(`app-${at}`, oneOf(random, cacheBytes))

  function crashApplication(application: Application): void {
    const name = applications().includes(application) ? (application.process.name.split('.')[0] as string) : null
    if (name === null) return
    application.process.crash()
    scheduler.at(scheduler.nowMs() + between(random, 20, 400), () => startApplication(name, oneOf(random, cacheBytes)))
  }

  for (const visitor of visitors) {
    if (random() < 0.6) scheduler.at(between(random, workFromMs + 1_500, workUntilMs), () => endByAnybody(visitor))
  }

  function endByAnybody(visitor: Visitor): void {
    const { process, signOut } = oneOf(random, applications())
    process.deliver(scheduler.nowMs(), () => void signOut(visitor, workload.traceId()))
  }

  unleash({ scheduler, random, network, nodes, applications, crashApplication, workload, storeFaults: store.faults }, workUntilMs)
  await scheduler.run(workUntilMs)
  network.trouble(false)
  await scheduler.run(workUntilMs + graceMs, () => recorder.underWay() === 0 && store.isReady())
  for (const application of applications()) application.close()

  const history = recorder.history()
  const sessions = await finalSessions(store, visitors)
  const judged = withOwnVersions(history, sessions)
  const unordered = kind === 'single' ? notLinearizable(judged) : []
  return { seed, kind, history, unordered, violations: checkHistory(kind === 'single' ? judged : heldToLive(judged), sessions) }

  /** Spread over half the life of a token, so that some token is due for an exchange at any moment. */
  async function signIn(node: GatewayNode): Promise<Visitor[]> {
    const signedIn: Visitor[] = []
    for (const name of ['s1', 's2', 's3']) {
      const beganAtMs = scheduler.nowMs()
      let visitor: Visitor | undefined
      void createSession(node, name).then((created) => {
        visitor = created
      })
      await scheduler.run(workFromMs, () => visitor !== undefined)
      if (visitor === undefined) throw new Error('a session could not be made before the world began')
      recorder.add({
        ...{ kind: 'write', process: 'browser', session: name, id: firstStamp({ name }), basedOn: 0 },
        ...{ startMs: beganAtMs, endMs: scheduler.nowMs(), outcome: { status: 'ok', version: 1 } },
      } as Operation)
      signedIn.push(visitor)
      await scheduler.run(scheduler.nowMs() + between(random, 0, 1_500))
    }
    return signedIn
  }
}

/**
 * A primary that was deposed without knowing is still read for as long as the lease that its replicas gave lasts, and its
 * successor may have been written to meanwhile, though nobody has been told yet. So on a pair a strict read is held to what
 * a live one is held to.
 */
function heldToLive(history: readonly Operation[]): readonly Operation[] {
  return history.map((operation) => (operation.kind === 'read' ? { ...operation, promise: 'live' } : operation))
}

/** A write is acknowledged at the version that it made, which the audit knows; what its caller was told besides is a read. */
function withOwnVersions(history: readonly Operation[], sessions: readonly FinalSession[]): readonly Operation[] {
  const made = new Map(sessions.flatMap(({ records }) => records.map(({ write, version }) => [write, version])))
  return history.map((operation) => {
    if (operation.kind !== 'write' || operation.outcome.status !== 'ok') return operation
    return { ...operation, outcome: { status: 'ok', version: made.get(operation.id) ?? operation.outcome.version } }
  })
}

async function createSession(node: GatewayNode, name: string): Promise<Visitor> {
  const nowMs = node.running()?.clock.wallMs() ?? 0
  const who = { issuer: 'idp', subject: name, authenticatedAtMs: nowMs, acr: null, amr: [], idpSession: null, claims: {} }
  const begun = await node.gateway().startSession(who)
  if (begun.kind !== 'started') throw new Error(begun.why)
  return createVisitor(name, sessionIn(begun.token), begun.setCookie)
}

function sessionIn(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid
}

async function finalSessions(site: StoreSite, visitors: readonly Visitor[]): Promise<FinalSession[]> {
  const store = site.final()
  const audit = await store.auditQuery({ afterSeq: 0, idHash: null, limit: 100_000 })
  const { records } = await store.read(visitors.map(({ session }) => session))
  return visitors.flatMap((visitor, at) => {
    const record = records[at]
    if (!record) return []
    const committed = audit.filter(({ session, outcome, fromVersion, toVersion }) => {
      return session === record.idHash && outcome === 'committed' && toVersion !== null && toVersion !== fromVersion
    })
    const found = committed.map(({ operation, toVersion, traceId }) => ({
      version: toVersion as number,
      write: operation === 'create' ? firstStamp(visitor) : traceId,
      stamps: operation !== 'signal',
    }))
    return [{ session: visitor.name, version: record.version, ended: record.ended !== null, why: String(record.ended), records: found }]
  })
}
