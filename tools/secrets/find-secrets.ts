/** A place that looks as if it held a secret. */
export interface SecretFound {
  /** Counted from 1. */
  readonly line: number
  readonly kind: string
  /** The line about it, with what was found taken out. */
  readonly masked: string
}

/**
 * What credentials look like here. Names of sessions in logs are 22 characters: 43 are the id itself, or another 32 random
 * bytes. The code and the state of a login stand in the address that a proxy logs: they serve once, with the browser's cookie.
 */
const kinds: readonly { readonly kind: string; readonly pattern: RegExp }[] = [
  { kind: 'a token', pattern: /(?<![\w-])eyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g },
  { kind: 'an application key', pattern: /(?<![A-Za-z0-9-])ss_[a-z][a-z0-9-]*_[\w-]{43}(?![\w-])/g },
  { kind: 'an encryption key', pattern: /(?<![A-Za-z0-9-])sse_[\w-]{43}(?![\w-])/g },
  { kind: '32 bytes, as a session id is', pattern: /(?<![\w+-]|[?&](?:code|state)=)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{43}(?![\w+-])/g },
]

/** Looks for tokens, keys and session ids in what a program has said, line by line. */
export function findSecrets(text: string): readonly SecretFound[] {
  return text.split('\n').flatMap((content, index) => {
    const found = kinds.filter(({ pattern }) => content.search(pattern) >= 0)
    return found.map(({ kind }) => ({ line: index + 1, kind, masked: mask(content, kind) }))
  })
}

/** 80 characters before and after: enough to know the line by. */
const around = 80

/** All kinds at once: a line may hold several. */
function mask(content: string, kind: string): string {
  const masked = kinds.reduce((text, each) => text.replace(each.pattern, `<${each.kind}>`), content)
  const at = Math.max(0, masked.indexOf(`<${kind}>`))
  return masked.slice(Math.max(0, at - around), at + around)
}
