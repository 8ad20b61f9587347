/** 32: a document is a few levels deep; far below what would exhaust the stack of a recursive schema. */
export const deepestLevels = 32

/** Whether a JSON value holds arrays or objects within each other for more than `levels`. It does not recurse itself. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  let level = [value].filter(isContainer)
  for (let depth = 0; depth < levels && level.length > 0; depth += 1) {
    level = level.flatMap((container) => Object.values(container).filter(isContainer))
  }
  return level.length > 0
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
