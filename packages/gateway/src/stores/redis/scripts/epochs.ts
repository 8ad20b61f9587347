import { plainScript, verbScript } from './script.ts'

/** Whose data these are, as one who has just connected asks it. ARGV: primary, run id, '1' where it never was a replica. */
export const greetScript = plainScript(`
local key, primary, runId, wasAlwaysPrimary = KEYS[1] .. 'store', unpack(ARGV)
local stored = redis.call('HGET', key, 'primary')
if not stored then return { 'new' } end
local replicas = redis.call('HGET', key, 'replicas')
if stored == primary then return { 'same', replicas } end
if wasAlwaysPrimary == '1' and string.match(stored, '^[^:]+') == runId then
  -- Its first replica, or an hour without one, gives a primary another replication id; it has lost nothing.
  redis.call('HSET', key, 'primary', primary)
  return { 'same', replicas }
end
return { 'changed', stored, redis.call('HGET', key, 'journalMark') or '' }
`)

/** Makes an empty store. ARGV: primary, epoch, connected replicas. */
export const foundScript = plainScript(`
local key, primary, epoch, replicas = KEYS[1] .. 'store', unpack(ARGV)
if redis.call('HEXISTS', key, 'primary') == 1 then return { 'late' } end
redis.call('HSET', key, 'primary', primary, 'epoch', epoch, 'replicas', replicas, 'seq', 0, 'auditSeq', 0, 'endings', 0, 'reign', 0,
  'reignSinceMs', 0)
return { 'founded' }
`)

/** Applies one entry of the ends journal to data that may have lost it; what is known already changes nothing. */
export const replayScript = verbScript(`
local kind, ids, subjectKey, count, reason, entry = unpack(ARGV, 3)
count = tonumber(count)
endings = math.max(endings, count)
redis.call('HSET', P .. 'store', 'endings', text(endings))
if kind == 'all' then
  if reign < count then redis.call('HSET', P .. 'store', 'reign', text(count), 'reignSinceMs', text(now)) end
  return answer('replayed')
end
if given(subjectKey) then
  local cutoff = tonumber(redis.call('HGET', P .. 'cutoffs', given(subjectKey)) or 0)
  redis.call('HSET', P .. 'cutoffs', given(subjectKey), text(math.max(cutoff, count)))
end
for _, id in ipairs(cjson.decode(ids)) do
  local s = load(id)
  if s then finish(s, reason, entry) end
end
return answer('replayed')
`)

/**
 * Begins a new epoch on data that another primary wrote; of several gateways one does. The count of endings leaps: a login
 * under way may hold a count that was lost, and must not outlive an ending that comes to the same number.
 */
export const adoptScript = verbScript(`
local primary, newEpoch, mark, endAll, replicas, entry = unpack(ARGV, 3)
endings = redis.call('HINCRBY', P .. 'store', 'endings', 1000000)
redis.call('HSET', P .. 'store', 'primary', primary, 'epoch', newEpoch, 'journalMark', mark, 'replicas', replicas)
if endAll == '1' then
  redis.call('HSET', P .. 'store', 'reign', endings, 'reignSinceMs', text(now))
  audit(entry, nil, nil, nil, nil)
end
return answer('adopted')
`)
