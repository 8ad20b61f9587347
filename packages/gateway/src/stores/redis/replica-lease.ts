import { createSharedPoll } from './shared-poll.ts'

/** 500 ms, the lease of an application: a primary that was cut off from its replicas is not read for longer. */
export const storeLeaseMs = 500

/** What a poll found: one write, and every promotable replica has it. */
export interface PollAnswer {
  /** Changes up to here are on every replica. */
  readonly seq: number
}

/** How long the answers of a primary are good without asking its replicas. */
export interface ReplicaLease {
  /** Resolves when a poll that began less than 500 ms ago covers this change; polls where none does. */
  covers(seq: number): Promise<void>
  /** Resolves when every replica has what was written before this call. */
  acknowledged(): Promise<void>
}

/**
 * The lease on a primary with replicas.
 *
 * A primary that was deposed without knowing goes on answering. Only what its replicas acknowledge shows that it is still
 * theirs, and that what it says will outlive it: a session that changed after the last poll is served after the next one.
 */
export function createReplicaLease(poll: () => Promise<PollAnswer>, monotonic: () => number = () => performance.now()): ReplicaLease {
  let startedAtMs = Number.NEGATIVE_INFINITY
  let coveredSeq = -1

  const join = createSharedPoll(async () => {
    const beganAtMs = monotonic()
    const { seq } = await poll()
    startedAtMs = beganAtMs
    coveredSeq = seq
  })

  return {
    covers: async (seq) => {
      const isYoung = monotonic() - startedAtMs < storeLeaseMs
      if (!isYoung || seq > coveredSeq) await join()
    },
    acknowledged: join,
  }
}
