import { verbScript } from './script.ts'

/** Means what `createStep` means. */
export const createScript = verbScript(`
local id, idHash, issuer, subject, draw, contract, body, idpSession, idleMs, absoluteMs, endingsAtStart, most, onOverflow, replaces,
  entry, replacedEntry, limitEntry, subjectKey, idpKey, lastsMs = unpack(ARGV, 3)
if redis.call('EXISTS', P .. 'session:' .. id) == 1 then return answer('known') end
local cutoff = math.max(tonumber(redis.call('HGET', P .. 'cutoffs', subjectKey) or 0), reign)
if tonumber(endingsAtStart) < cutoff then return answer('cutoff') end

local replacedId, ends = given(replaces), {}
local beyond = {}
if most ~= '' then
  local living = {}
  for _, s in ipairs(sessionsIn('subject:' .. subjectKey)) do
    if s.id ~= replacedId and not endOf(s, now) then living[#living + 1] = s end
  end
  for i = 1, #living + 1 - tonumber(most) do beyond[i] = living[i] end
  if #beyond > 0 and onOverflow == 'deny' then return answer('limit') end
end

local replaced = replacedId and load(replacedId)
if replaced and finish(replaced, 'revoked', replacedEntry) then ends[1] = replaced.id end
for _, s in ipairs(beyond) do
  if finish(s, 'revoked', limitEntry) then ends[#ends + 1] = s.id end
end

local expiresAt = now + tonumber(absoluteMs)
local fields = {
  idHash = idHash, issuer = issuer, subject = subject, reign = text(reign), version = '1', draw = draw, contract = contract,
  body = given(body), signals = '[]', idpSession = given(idpSession), createdAtMs = text(now), expiresAtMs = text(expiresAt),
  idleAtMs = text(math.min(now + tonumber(idleMs), expiresAt)), lastExchangeAtMs = text(now), generation = '1', writes = '[]',
  subjectKey = subjectKey, idpKey = given(idpKey), id = id, made = text(seq + 1),
}
local s = { id = id, made = fields.made, idleAtMs = fields.idleAtMs, expiresAtMs = fields.expiresAtMs }
change(s, fields)
-- Should a sweep never come: memory comes back long after any tombstone is needed. Nothing relies on it.
redis.call('PEXPIRE', P .. 'session:' .. id, lastsMs)
redis.call('ZADD', P .. 'subject:' .. subjectKey, fields.made, id)
if s.idpKey then redis.call('ZADD', P .. 'idp:' .. s.idpKey, fields.made, id) end
auditOf(entry, s, '0')
return answer('created', packed(s), ends)
`)
