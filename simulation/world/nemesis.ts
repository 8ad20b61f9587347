import { between, oneOf, type Random } from '../../faults/load/random.ts'
import type { Application } from '../load/application.ts'
import type { Workload } from '../load/workload.ts'
import type { GatewayNode } from '../site/gateway-node.ts'
import type { Network } from './network.ts'
import type { Scheduler } from './scheduler.ts'

/** What can be made to go wrong. */
export interface Nemeses {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly network: Network
  readonly nodes: readonly GatewayNode[]
  /** Applications as they run now. */
  readonly applications: () => readonly Application[]
  /** Ends an application; the next one of its name starts a little later. */
  readonly crashApplication: (application: Application) => void
  readonly workload: Pick<Workload, 'readDuring' | 'writeSoon' | 'writeOnEach'>
  /** What only some stores can suffer. */
  readonly storeFaults: readonly (() => void)[]
}

/** Makes something go wrong every so often until `untilMs`; several faults may overlap. */
export function unleash(nemeses: Nemeses, untilMs: number): void {
  const { scheduler, random } = nemeses
  const kinds = faultsOfWorld(nemeses)
  // In a world where little goes wrong leases are in force, and what they allow shows.
  const longestCalmMs = oneOf(random, [400, 1_000, 2_500])
  const next = () => {
    if (scheduler.nowMs() >= untilMs) return
    oneOf(random, kinds)()
    // A fault that nobody writes during shows nothing.
    if (random() < 0.7) nemeses.workload.writeSoon()
    scheduler.at(scheduler.nowMs() + between(random, 20, longestCalmMs), next)
  }
  scheduler.at(scheduler.nowMs() + between(random, 0, 500), next)
}

/** What can go wrong, by where it does. */
function faultsOf({ scheduler, random, network, nodes, applications, crashApplication, workload, storeFaults }: Nemeses) {
  const application = () => oneOf(random, applications())
  const node = () => oneOf(random, nodes)
  const lasting = (most: number) => between(random, 100, most)

  function stopApplication(isSuspended: boolean, ms: number): void {
    const stopped = application()
    workload.readDuring(stopped, ms)
    stopped.process.stop(ms, isSuspended)
  }

  /** What was asked late is answered later still, and then nothing more is heard: whatever was read too early is believed for long. */
  function slowThenDeaf(slow: string): void {
    network.disturb(slow, 'slow', 500)
    workload.writeSoon(200)
    for (const { process } of applications()) {
      const deafen = () => network.disturb(`${process.name} heartbeats`, 'cut', between(random, 400, 900))
      scheduler.at(scheduler.nowMs() + between(random, 50, 400), deafen)
    }
  }

  /** Heartbeats are answered late, all sessions change after what they were answered from, and then nothing more is heard. */
  function lateThenDeaf(): void {
    const way = `${application().process.name} heartbeats`
    network.disturb(way, 'late', 150)
    workload.writeOnEach(100, 200)
    scheduler.at(scheduler.nowMs() + 150, () => network.disturb(way, 'cut', between(random, 700, 1_000)))
  }

  function pausedGateway(): void {
    node().running()?.stop(lasting(1_500))
  }

  return {
    // A process that goes on reading and hears of no change is what the wait of a write is for.
    heartbeats: [
      () => network.disturb(`${application().process.name} heartbeats`, 'cut', lasting(1_600)),
      () => network.disturb(`${application().process.name} heartbeats`, 'cut', lasting(1_600)),
      () => network.disturb(`${application().process.name} heartbeats`, 'slow', lasting(2_000)),
      () => slowThenDeaf(`${application().process.name} heartbeats`),
      lateThenDeaf,
    ],
    calls: [
      () => network.disturb(`${application().process.name} calls`, 'slow', lasting(1_000)),
      () => network.disturb(`${application().process.name} calls`, 'slow', lasting(1_000)),
      () => network.disturb(`${application().process.name} calls`, 'cut', lasting(600)),
    ],
    processes: [
      () => stopApplication(false, lasting(2_000)),
      () => stopApplication(false, lasting(700)),
      () => stopApplication(true, oneOf(random, [between(random, 1, 5), lasting(1_000)])),
      pausedGateway,
      () => node().crash(between(random, 50, 600)),
      () => crashApplication(application()),
      () => scheduler.nowMs(),
    ],
    store: [
      () => network.disturb(`${node().running()?.name} store`, 'slow', lasting(1_000)),
      () => network.disturb(`${node().running()?.name} store`, 'cut', lasting(800)),
      () => slowThenDeaf(`${node().running()?.name} store answers`),
      () => slowThenDeaf(`${node().running()?.name} store answers`),
      ...storeFaults,
    ],
  }
}

/** Half of all worlds have one kind of trouble only, and so much more of it: what takes several steps in a row is met there. */
function faultsOfWorld(nemeses: Nemeses): readonly (() => void)[] {
  const { heartbeats, calls, processes, store } = faultsOf(nemeses)
  const all = [...heartbeats, ...calls, ...processes, ...store]
  // A deposed primary is believed for longest by whoever nothing else happens to.
  const failovers = nemeses.storeFaults.length > 1 ? nemeses.storeFaults : heartbeats
  return oneOf(nemeses.random, [all, all, all, failovers, failovers, oneOf(nemeses.random, [heartbeats, calls, processes, store])])
}
