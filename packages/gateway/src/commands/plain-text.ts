import type { Terminal } from './command.ts'

/**
 * A terminal that shows control characters instead of obeying them: reasons, subjects and addresses come from elsewhere,
 * and must not move the cursor or forge a line.
 */
export function plainTerminal(terminal: Terminal): Terminal {
  return { ...terminal, out: (line) => terminal.out(plainText(line)), err: (line) => terminal.err(plainText(line)) }
}

/** A text with every control character but the line break as its code, and every sign that reorders a line (UAX 9). */
function plainText(text: string): string {
  return [...text].map((sign) => (sign !== '\n' && /\p{Cc}|\p{Bidi_Control}/u.test(sign) ? codeOf(sign) : sign)).join('')
}

/** A text that is one line whatever it holds: what comes from elsewhere must not look like a line of ours. */
export function oneLine(text: string): string {
  return text.replaceAll('\n', codeOf('\n'))
}

function codeOf(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`
}
