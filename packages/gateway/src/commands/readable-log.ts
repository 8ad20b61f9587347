import { oneLine } from './plain-text.ts'

/** A log line for people: the time of day, what happened, and of a request no more than one looks for. */
export function readableLog(line: string): string {
  const { time, msg, level, service, ...fields } = parsed(line)
  const at = typeof time === 'string' ? time.slice(11, 19) : '--:--:--'
  if (msg === 'request') return `${at}  ${requestLine(fields)}`
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${factOf(value)}`)
  return oneLine([`${at}  ${nameOf(level)}${msg}`, ...facts].join('  '))
}

function requestLine({ method, route, status, code, durationMs, application }: Record<string, unknown>): string {
  const facts = [method, route, status, code, `${Math.round(Number(durationMs))} ms`, application]
  return facts.filter((fact) => fact !== undefined).join(' ')
}

/** The numbers of pino's levels; what is no news needs no name. */
function nameOf(level: unknown): string {
  if (Number(level) >= 50) return 'error: '
  return Number(level) >= 40 ? 'warning: ' : ''
}

function factOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  const { message } = value as { message?: unknown }
  return typeof message === 'string' ? message : JSON.stringify(value)
}

function parsed(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line)
  } catch {
    return { msg: line.trimEnd() }
  }
}
