/** Milliseconds since 1970, finer than whole ones: the clock that the processes of one machine share. */
export function wallMs(): number {
  return performance.timeOrigin + performance.now()
}
