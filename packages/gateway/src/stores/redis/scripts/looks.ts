import { keptChanges } from '../../change-log.ts'
import { verbScript } from './script.ts'

/**
 * By turns an id and the digest of that session as it was read last, or ''. Each is answered as 1 where it is still the same,
 * else with what it holds and its digest.
 */
export const readScript = verbScript(`
local names = {
  'body', 'seq', 'version', 'draw', 'contract', 'signals', 'writes', 'ended', 'endedAtMs',
  'expiresAtMs', 'idleAtMs', 'lastExchangeAtMs', 'generation', 'confirmedAtMs',
}

-- Of all that ever changes in a session, in the order of the names, and of the epoch: with a new reign comes a new one.
-- It is made of what is stored now, so that a text that was altered has another one, whatever its version.
local function digestOf(values)
  values[1] = redis.sha1hex(values[1] or '')
  values[#names + 1] = epoch
  return redis.sha1hex(cjson.encode(values))
end

local function valuesOf(s)
  local values = {}
  for i, name in ipairs(names) do values[i] = s[name] or false end
  return values
end

local records = {}
for i = 3, #ARGV, 2 do
  local id, met = ARGV[i], ARGV[i + 1]
  local values = met ~= '' and redis.call('HMGET', P .. 'session:' .. id, unpack(names))
  local record
  if values and digestOf(values) == met then
    record = 1
    see(values[2])
  else
    local s = load(id)
    see(s and s.seq)
    record = s and { packed(s), digestOf(valuesOf(s)) } or false
  end
  records[#records + 1] = record
end
return answer('read', records, newest)
`)

/** The living sessions of one index, oldest first. */
export const listScript = verbScript(`
local records = {}
for _, s in ipairs(sessionsIn(ARGV[3])) do
  if not endOf(s, now) then
    see(s.seq)
    records[#records + 1] = packed(s)
  end
end
return answer('read', records, newest)
`)

const changesLines = `
local since, ofEpoch = tonumber(ARGV[3]), ARGV[4]
local known = redis.call('HGETALL', P .. 'readers')
local news = seq - since
if ofEpoch ~= epoch or news < 0 or since < math.max(0, seq - ${keptChanges}) then return answer('reset', {}, known) end
if news == 0 then return answer('changes', {}, known) end
if redis.call('LLEN', P .. 'changes') < news then return answer('reset', {}, known) end
return answer('changes', redis.call('LRANGE', P .. 'changes', -news, -1), known)
`

/** Means what \`covers\` means. */
export const changesScript = verbScript(changesLines)

/**
 * The same, once readers are noted. From ARGV[5]: how many to forget, each with what its note has to begin with, then each to
 * note.
 */
export const hearScript = verbScript(`
local first = 6 + 2 * tonumber(ARGV[5])
for i = 6, first - 1, 2 do
  local noted = redis.call('HGET', P .. 'readers', ARGV[i])
  if noted and string.sub(noted, 1, #ARGV[i + 1]) == ARGV[i + 1] then redis.call('HDEL', P .. 'readers', ARGV[i]) end
end
for i = first, #ARGV, 2 do redis.call('HSET', P .. 'readers', ARGV[i], ARGV[i + 1]) end
${changesLines}`)

export const auditQueryScript = verbScript(`
local after, idHash, most = tonumber(ARGV[3]), given(ARGV[4]), tonumber(ARGV[5])
if most < 1 then return answer('audit', {}) end
if not idHash then return answer('audit', redis.call('XRANGE', P .. 'audit', text(after + 1) .. '-0', '+', 'COUNT', most)) end
local records = {}
for _, number in ipairs(redis.call('LRANGE', P .. 'audit:' .. idHash, 0, -1)) do
  if #records == most then break end
  if tonumber(number) > after then records[#records + 1] = redis.call('XRANGE', P .. 'audit', number .. '-0', number .. '-0')[1] end
end
return answer('audit', records)
`)

export const healthScript = verbScript(`
return answer('healthy', endings)
`)

export const keysScript = verbScript(`
local found = redis.call('HMGET', P .. 'store', 'keysRevision', 'keys')
return answer('keys', tonumber(found[1] or 0), found[2] or '[]')
`)
