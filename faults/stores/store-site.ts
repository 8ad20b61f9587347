import type { Nemesis } from '../nemeses/nemesis.ts'

/** A store with everything around it, as a run uses it. */
export interface StoreSite {
  /** Its address, one for each gateway: each has its own way to it. */
  readonly addresses: readonly string[]
  /** What the gateways have to know besides. */
  readonly environment?: Readonly<Record<string, string>>
  /** What can happen to it and to the ways to it. */
  readonly nemeses: readonly Nemesis[]
  /** Whether it answers somebody who asks it directly, past everything in between, as it has to answer a gateway. */
  isBack(): Promise<boolean>
  stop(): Promise<void>
}
