// Limits as people write them: `10,000`, `16 KiB`, `1.8 s`.

/** A number of things, or of characters. */
export function count(value: number): string {
  return value.toLocaleString('en-US')
}

export function bytes(value: number): string {
  return inUnits(value, { MiB: 1_048_576, KiB: 1_024, bytes: 1 })
}

export function ms(value: number): string {
  return inUnits(value, { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1_000, ms: 1 })
}

export function seconds(value: number): string {
  return ms(value * 1_000)
}

/** In the largest unit of which it is at least one, and not more than tenths: what is written is the limit itself, not near it. */
function inUnits(value: number, units: Readonly<Record<string, number>>): string {
  const isExact = (size: number) => value >= size && Number.isInteger((value * 10) / size)
  const [unit, size] = Object.entries(units).find(([, size]) => isExact(size)) as [string, number]
  return `${count(value / size)} ${unit}`
}
