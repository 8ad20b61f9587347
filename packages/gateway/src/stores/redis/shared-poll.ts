/**
 * Lets callers share polls: each gets the answer of one that starts after its call, never of one that was under way.
 *
 * So the answer speaks of a moment after the call, and however many call, one poll at a time is enough.
 */
export function createSharedPoll<Answer>(poll: () => Promise<Answer>): () => Promise<Answer> {
  let underWay: Promise<unknown> = Promise.resolve()
  let next: Promise<Answer> | null = null

  async function begin(after: Promise<unknown>): Promise<Answer> {
    await after.catch(() => {})
    next = null
    const answer = poll()
    underWay = answer
    return answer
  }

  return () => {
    next ??= begin(underWay)
    return next
  }
}
