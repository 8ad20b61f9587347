import { type AtOnce, andThen } from '../client/at-once.ts'
import { type Freshness, isNoLooser } from '../client/freshness.ts'
import { reaches } from '../consistency/version.ts'
import type { Resolved } from './resolve.ts'

/** What one request knows of its session: read once, until something fresher is asked for or the request itself writes. */
export interface RequestReads<View> {
  /** At once where everything is at hand. */
  read(asked: Freshness): AtOnce<Resolved<View>>
  /** From here on the session is what this request's own write, or its sign-out, has made of it. */
  replace(resolved: Resolved<View>): void
  /** A conflict has told that what was read is outdated: the next read is at least at `version`. */
  forget(version: number): void
}

/** Makes the reads of one request; `load` asks for the session. */
export function createRequestReads<View>(load: (freshness: Freshness) => AtOnce<Resolved<View>>): RequestReads<View> {
  let held: { readonly resolving: AtOnce<Resolved<View>>; readonly made: Freshness } | undefined
  let floor = 0

  function read(asked: Freshness): AtOnce<Resolved<View>> {
    const seen = held
    if (!seen) return begin(asked)
    return andThen(seen.resolving, (resolved) => {
      // Something else may have been read or written while this was awaited: that is what counts.
      if (seen !== held) return read(asked)
      return isEnough(resolved, seen.made, aboveFloor(asked)) ? resolved : begin(asked)
    })
  }

  function begin(asked: Freshness): AtOnce<Resolved<View>> {
    const made = aboveFloor(asked)
    held = { resolving: load(made), made }
    return held.resolving
  }

  return {
    read,
    replace(resolved) {
      held = { resolving: resolved, made: strict }
    },
    forget(version) {
      floor = Math.max(floor, version)
      held = undefined
    },
  }

  function aboveFloor(asked: Freshness): Freshness {
    return floor === 0 ? asked : { ...asked, atLeast: Math.max(floor, asked.atLeast ?? 0) }
  }
}

const strict: Freshness = { live: false, maxAgeMs: 0, outageGraceMs: 0, atLeast: undefined }

/** Whether what was read for `made` answers what is `asked` now. */
function isEnough<View>({ outcome }: Resolved<View>, made: Freshness, asked: Freshness): boolean {
  if (outcome.status === 'unavailable') return isNoLooser(asked, made) && (made.atLeast ?? 0) <= (asked.atLeast ?? 0)
  if (outcome.status !== 'active') return true
  if (!reaches(outcome.snapshot.version, asked.atLeast)) return false
  return outcome.source === 'gateway' || isNoLooser(made, asked)
}
