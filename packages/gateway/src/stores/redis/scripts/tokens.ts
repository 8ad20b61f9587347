import { exchangeGraceMs } from '@single-state/core/protocol'
import { verbScript } from './script.ts'

/** Means what `exchangeStep` means, `decideExchange` included. */
export const exchangeScript = verbScript(`
local id, shown, idleMs, reuse = unpack(ARGV, 3)
local s = load(id)
if not s then return answer('absent') end
local over = endOf(s, now)
if over then return answer('ended', over) end

local generation, confirmedAt = tonumber(s.generation), tonumber(s.confirmedAtMs)
local isNext = tonumber(shown) == generation
local isSame = tonumber(shown) == generation - 1 and (not confirmedAt or now < confirmedAt + ${exchangeGraceMs})
if not isNext and not isSame then
  finish(s, 'reused', reuse)
  return answer('reused')
end
local fields = { lastExchangeAtMs = text(now), idleAtMs = text(math.min(now + tonumber(idleMs), tonumber(s.expiresAtMs))) }
if isNext then fields.generation, fields.confirmedAtMs = text(generation + 1), false end
put(s, fields)
return answer(isNext and 'next' or 'same', packed(s))
`)

/** Means what `confirmStep` means. */
export const confirmScript = verbScript(`
local id, shown = unpack(ARGV, 3)
local s = load(id)
if s and not endOf(s, now) and shown == s.generation and not s.confirmedAtMs then put(s, { confirmedAtMs = text(now) }) end
see(s and s.seq)
return answer('read', { packed(s) }, newest)
`)
