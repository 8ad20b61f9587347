import { SessionError } from '@single-state/core/protocol'
import type { EndsJournal, JournalEntry } from './ends-journal.ts'
import type { Link, Reply } from './link.ts'
import type { Links } from './links.ts'
import { failureOf, isWriteRefusal } from './redis-failure.ts'
import type { Script } from './scripts/script.ts'
import type { Arguments } from './verb-arguments.ts'

/** Calls of scripts with what is promised about their answers. */
export interface Calls {
  /** A read: answered only from a primary that is known to be one, and only with what will outlive it. */
  read(script: Script, args: Arguments): Promise<Reply>
  /** A read that others act on later: answered when every promotable replica has acknowledged a poll that began after this call. */
  look(script: Script, args: Arguments): Promise<Reply>
  /** The same for a look that notes readers first. Replicas need not have these: nobody believes a new primary to know them all. */
  hear(script: Script, args: Arguments): Promise<Reply>
  /** A change: answered when every promotable replica has it and, where it ended something, the journal too. */
  write(script: Script, args: Arguments, endingIn?: (reply: Reply) => Ending | null): Promise<Reply>
  /** A change that nobody waits for: answered as a read is. */
  touch(script: Script, args: Arguments): Promise<Reply>
  /** False from a write that was refused until one succeeds. */
  isWritable(): boolean
}

/** What a change has ended. */
export interface Ending {
  readonly entry: JournalEntry
  /** True where nobody asked for it: the primary concluded it from what it knew of the session. */
  readonly isConcluded: boolean
}

export function createCalls(links: Links, journal: EndsJournal | null): Calls {
  let writable = true

  async function sent(link: Link, script: Script, args: Arguments): Promise<Reply> {
    try {
      const reply = await link.write(script, args)
      writable = true
      return reply
    } catch (error) {
      if (isWriteRefusal(error)) writable = false
      throw failureOf(error, 'write')
    }
  }

  async function covered(link: Link, reply: Reply): Promise<Reply> {
    if (!link.mayBeReplaced()) return reply
    try {
      await link.covers(newestChange(reply))
      return reply
    } catch (error) {
      throw failureOf(error, 'read')
    }
  }

  async function looked(send: (link: Link) => Promise<Reply>): Promise<Reply> {
    const link = links.current()
    try {
      // A lease on the replicas that is still young is not enough: what is answered now is believed for as long again,
      // and a successor of this primary may have acknowledged a write before that is over.
      const [reply] = await Promise.all([send(link), link.mayBeReplaced() ? link.acknowledged() : undefined])
      // A session in the answer may have changed since that poll.
      if (link.mayBeReplaced()) await link.covers(newestChange(reply))
      return reply
    } catch (error) {
      throw failureOf(error, 'read')
    }
  }

  return {
    read: async (script, args) => {
      const link = links.current()
      const reply = await link.read(script, args).catch((error: unknown) => {
        throw failureOf(error, 'read')
      })
      return covered(link, reply)
    },
    look: (script, args) => looked((link) => link.read(script, args)),
    hear: (script, args) => looked((link) => link.write(script, args)),
    write: async (script, args, endingIn) => {
      const link = links.current()
      const reply = await sent(link, script, args)
      const ending = journal === null ? null : (endingIn?.(reply) ?? null)
      if (ending === null && !link.mayBeReplaced()) return reply
      try {
        // A primary that was deposed without knowing concludes from what it lacks: the journal must not hear of that.
        if (ending?.isConcluded) await link.acknowledged()
        if (ending !== null) await journal?.append(ending.entry)
        // Only now: a primary whose successor has read the journal before this entry does not get its replicas' word any more.
        await link.acknowledged()
        return reply
      } catch (error) {
        throw new SessionError('outcome_unknown', 'redis: applied, and perhaps not kept', { cause: error })
      }
    },
    touch: async (script, args) => {
      const link = links.current()
      return covered(link, await sent(link, script, args))
    },
    isWritable: () => writable,
  }
}

/**
 * The newest change among the sessions of an answer; 0 where it shows none. One that is not there may have been made by a
 * successor of this primary, so that only a poll of now can say that there is none.
 */
function newestChange([, , , kind, , newest]: Reply): number {
  if (kind !== 'read') return 0
  return newest === -1 ? Number.POSITIVE_INFINITY : (newest as number)
}
