/**
 * The sequence of the newest audit record, 0 for none: found by halving, as the sequence has no gap. `hasMore` says whether
 * there is a record after a sequence; `floor` is one that is known to be reached.
 */
export async function lastSequence(hasMore: (afterSeq: number) => Promise<boolean>, floor = 0): Promise<number> {
  let known = floor
  let step = 1
  for (; await hasMore(known + step - 1); step *= 2) known += step
  for (step /= 2; step >= 1; step /= 2) if (await hasMore(known + step - 1)) known += step
  return known
}
