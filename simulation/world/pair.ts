import { between, type Random } from '../../faults/load/random.ts'
import { createProcess } from './process.ts'
import type { Scheduler } from './scheduler.ts'
import { createServer, type Server } from './server.ts'

/** A primary, the replica that follows it, and those that were primary before and do not know that they no longer are. */
export interface Pair {
  /** The primary that counts; null while its successor is being made. */
  primary(): Server | null
  /** Hands on what was changed last. */
  replicate(primary: Server): void
  /** Cuts primary and replica off from each other and, after a while, makes a primary of the replica. */
  failOver(): void
  /** The way to the replica is slow for a while. */
  lag(ms: number): void
}

interface PairOptions {
  readonly scheduler: Scheduler
  readonly random: Random
  /** Before the world begins there is no distance in it. */
  readonly hasBegun: () => boolean
  /** Applies what a lost tail may have lacked, before anything is served. */
  readonly adopt: (successor: Server) => Promise<void>
  readonly onSuccessor: (successor: Server) => void
}

/** Makes a pair, the primary in service. */
export async function createPair({ scheduler, random, hasBegun, adopt, onSuccessor }: PairOptions): Promise<Pair> {
  let made = 0
  let lagUntilMs = 0
  let isFailingOver = false
  const make = (epoch: string) => {
    made += 1
    return createServer(createProcess({ name: `server-${made}`, scheduler, random, rateError: 0 }), epoch, scheduler)
  }

  let primary: Server | null = await make('epoch-1')
  let following = follow(primary, await make('epoch-2'))

  function follow(of: Server, replica: Server) {
    let sent = replica.log.length
    let arrivesAtMs = 0
    let isCut = false

    function send(): void {
      for (; sent < of.log.length; sent += 1) {
        const [logged, position] = [of.log[sent] as Server['log'][number], sent + 1]
        if (!hasBegun()) {
          void replica.follow(logged).then(() => of.acknowledged(position))
          continue
        }
        const delayMs = scheduler.nowMs() < lagUntilMs ? between(random, 20, 400) : between(random, 0.1, random() < 0.1 ? 40 : 2)
        // In the order that they were made in.
        arrivesAtMs = Math.max(arrivesAtMs, scheduler.nowMs() + delayMs)
        scheduler.at(arrivesAtMs, () => {
          if (isCut) return
          void replica.follow(logged)
          scheduler.at(scheduler.nowMs() + between(random, 0.1, 2), () => {
            if (!isCut) of.acknowledged(position)
          })
        })
      }
    }
    of.acknowledged(sent)
    send()
    const cut = () => {
      isCut = true
    }
    return { of, replica, send, cut }
  }

  async function promote(): Promise<void> {
    const successor = following.replica
    primary = null
    const replica = await make(`epoch-${made + 1}`)
    scheduler.at(scheduler.nowMs() + between(random, 1, 30), () => void takeOver(successor, replica))
  }

  async function takeOver(successor: Server, replica: Server): Promise<void> {
    await adopt(successor)
    // Only what has the whole of it may ever be promoted.
    for (const logged of successor.log) await replica.follow(logged)
    following = follow(successor, replica)
    primary = successor
    isFailingOver = false
    onSuccessor(successor)
  }

  return {
    primary: () => primary,
    replicate(changed) {
      if (changed === following.of) following.send()
    },
    failOver() {
      if (isFailingOver) return
      isFailingOver = true
      following.cut()
      scheduler.at(scheduler.nowMs() + between(random, 0, random() < 0.7 ? 10 : 700), () => void promote())
    },
    lag(ms) {
      lagUntilMs = scheduler.nowMs() + ms
    },
  }
}
