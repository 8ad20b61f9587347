import { durationText } from '../../duration-text.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** 5 s: what the check of a token forgives. Beyond it people are signed out, or let in too long. */
const mostMs = 5_000
/** 1 s: a machine that follows a time server is nearer. */
const usualMs = 1_000

/** Another clock, read between two moments of ours. */
export interface OtherClock {
  readonly whose: string
  readonly nowMs: number
  readonly askedAtMs: number
  readonly answeredAtMs: number
  /** How coarse it tells the time: an HTTP date has whole seconds. */
  readonly stepMs: number
}

/** Judges the least difference that what was seen allows. */
export function clockFinding({ whose, nowMs, askedAtMs, answeredAtMs, stepMs }: OtherClock): Finding {
  const aheadMs = Math.max(0, nowMs - answeredAtMs)
  const behindMs = Math.max(0, askedAtMs - (nowMs + stepMs))
  const apartMs = Math.max(aheadMs, behindMs)
  if (apartMs < usualMs) return ok('clock', `${whose} and this machine tell the same time`)
  const found = `${whose} is ${durationText(apartMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine`
  const fix = 'let both follow a time server (chrony, systemd-timesyncd)'
  return apartMs < mostMs ? warn('clock', found, fix) : fail('clock', found, fix)
}
