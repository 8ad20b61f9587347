import { keptChanges } from '../../change-log.ts'
import { verbScript } from './script.ts'

export const readScript = verbScript(`
local records = {}
for i = 3, #ARGV do records[i - 2] = packed(load(ARGV[i])) end
return answer('read', records)
`)

/** The living sessions of one index, oldest first. */
export const listScript = verbScript(`
local records = {}
for _, s in ipairs(sessionsIn(ARGV[3])) do
  if not endOf(s, now) then records[#records + 1] = packed(s) end
end
return answer('read', records)
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
