import { type Freshness, isNoLooser } from '../client/freshness.ts'
import { reaches } from '../consistency/version.ts'
import type { Resolved } from './resolve.ts'

/** What one request knows of its session: read once, until something fresher is asked for or the request itself writes. */
export interface RequestReads<View> {
  read(asked: Freshness): Promise<Resolved<View>>
  /** From here on the session is what this request's own write, or its sign-out, has made of it. */
  replace(resolved: Resolved<View>): void
  /** A conflict has told that what was read is outdated: the next read is at least at `version`. */
  forget(version: number): void
}

/** Makes the reads of one request; `load` asks for the session. */
export function createRequestReads<View>(load: (freshness: Freshness) => Promise<Resolved<View>>): RequestReads<View> {
  let held: { readonly resolving: Promise<Resolved<View>>; readonly made: Freshness } | undefined
  let floor = 0

  return {
    async read(freshness) {
      while (held) {
        const seen = held
        const resolved = await seen.resolving
        // Something else may have been read or written while this was awaited: that is what counts.
        if (seen !== held) continue
        if (isEnough(resolved, seen.made, aboveFloor(freshness))) return resolved
        break
      }
      const made = aboveFloor(freshness)
      held = { resolving: load(made), made }
      return held.resolving
    },
    replace(resolved) {
      held = { resolving: Promise.resolve(resolved), made: strict }
    },
    forget(version) {
      floor = Math.max(floor, version)
      held = undefined
    },
  }

  function aboveFloor({ atLeast, ...bounds }: Freshness): Freshness {
    return { ...bounds, atLeast: floor === 0 ? atLeast : Math.max(floor, atLeast ?? 0) }
  }
}

const strict: Freshness = { maxAgeMs: 0, outageGraceMs: 0, atLeast: undefined }

/** Whether what was read for `made` answers what is `asked` now. */
function isEnough<View>({ outcome }: Resolved<View>, made: Freshness, asked: Freshness): boolean {
  if (outcome.status === 'unavailable') return isNoLooser(asked, made) && (made.atLeast ?? 0) <= (asked.atLeast ?? 0)
  if (outcome.status !== 'active') return true
  if (!reaches(outcome.snapshot.version, asked.atLeast)) return false
  return outcome.source === 'gateway' || isNoLooser(made, asked)
}
