import { verbScript } from './script.ts'

export const appendAuditScript = verbScript(`
audit(ARGV[3], given(ARGV[4]), nil, nil, nil)
return answer('written')
`)

/** Sessions by when they were over; the audit only from its oldest end, so that what is left has no gap. */
export const sweepScript = verbScript(`
local endedBefore, auditBefore, most = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local names = redis.call('ZRANGEBYSCORE', P .. 'over', '-inf', '(' .. endedBefore, 'LIMIT', 0, most)
for _, name in ipairs(names) do
  local id = string.sub(name, 17)
  local s = load(id)
  if s then leaveIndexes(s) end
  redis.call('DEL', P .. 'session:' .. id)
  redis.call('ZREM', P .. 'over', name)
end

local old = 0
local last
for _, record in ipairs(redis.call('XRANGE', P .. 'audit', '-', '+', 'COUNT', most)) do
  local fields = {}
  for i = 1, #record[2], 2 do fields[record[2][i]] = record[2][i + 1] end
  if tonumber(fields.at) >= auditBefore then break end
  if fields.session then redis.call('LPOP', P .. 'audit:' .. fields.session) end
  old, last = old + 1, record[1]
end
if last then redis.call('XTRIM', P .. 'audit', 'MINID', text(tonumber(string.match(last, '^%d+')) + 1) .. '-0') end
return answer('swept', #names, old)
`)

export const saveKeysScript = verbScript(`
local revision, keys = ARGV[3], ARGV[4]
if tonumber(redis.call('HGET', P .. 'store', 'keysRevision') or 0) ~= tonumber(revision) then return answer('late') end
redis.call('HSET', P .. 'store', 'keysRevision', text(tonumber(revision) + 1), 'keys', keys)
return answer('saved')
`)

/** A write that changes nothing anybody reads: what replicas acknowledge. Tells and keeps the most replicas that were ever seen in this epoch. */
export const pollScript = verbScript(`
local seen, known = tonumber(ARGV[3]), tonumber(redis.call('HGET', P .. 'store', 'replicas') or 0)
redis.call('HSET', P .. 'store', 'replicas', text(math.max(seen, known)))
return answer('polled', math.max(seen, known))
`)
