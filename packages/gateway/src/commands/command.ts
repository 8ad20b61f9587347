/** Where a command reads from and writes to; the process's own, or a test's. */
export interface Terminal {
  /** One line for people or, with `--json`, for programs. */
  out(line: string): void
  err(line: string): void
  /** Variables of the folder's `.env` are added to it; those that are set already stay as they are. */
  readonly env: Record<string, string | undefined>
  readonly cwd: string
  /** Resolves when the process is asked to stop (SIGINT or SIGTERM), or nobody reads what it writes any more. */
  stopped(): Promise<void>
  /** Asks the person at the terminal; null where nobody is there to answer. */
  ask(question: string): Promise<string | null>
  /**
   * Shows how far long work is, in the place of what it showed before; an empty text takes that away. Null where nobody sees it.
   */
  readonly progress: ((text: string) => void) | null
  /** Calls back whenever the process is told that its files have changed (SIGHUP). */
  onReload(call: () => void): void
}

/** One word after `single-state`, or two. */
export interface Command {
  /** As typed: `keys create`. */
  readonly name: string
  readonly summary: string
  /** Positional arguments and options, as the help shows them. */
  readonly usage: string
  readonly options: Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly help: string }>>
  /** Exit code: 0 done, 1 refused or something was found wrong; 3 where nothing was found out, for a command that tells them apart. */
  run(input: CommandInput, terminal: Terminal): Promise<number>
}

export interface CommandInput {
  readonly positionals: readonly string[]
  /** Texts of options that were given. */
  text(name: string): string | undefined
  flag(name: string): boolean
}

/** A command was typed in a way that it does not understand: usage is shown, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The command cannot be done, for a reason that the person can cure; shown without a stack, exit code 1. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError'
}

/** The gateway cannot be reached or is not ready: the same command may succeed later. */
export class UnreachableError extends CommandError {
  override readonly name = 'UnreachableError'
}

/** @throws UsageError when there are arguments that the command does not know. */
export function expectNoPositionals({ positionals }: CommandInput): void {
  if (positionals.length > 0) throw new UsageError(`unexpected "${positionals[0]}"`)
}
