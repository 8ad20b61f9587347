import { keptChanges } from '../../change-log.ts'

/**
 * What every verb begins with: where the store stands, and how a session is loaded, saved, counted and recorded.
 *
 * KEYS[1] is the prefix of every key: one primary, no cluster. ARGV[1] is the primary that the caller was introduced to,
 * ARGV[2] its clock or nothing, the verb's own arguments follow. A text that may be null comes as '' or with '=' before it.
 *
 * No line writes before everything is decided, so a refusal (a full memory, a replica) finds nothing half done.
 */
export const prelude = `
local P = KEYS[1]
local place = redis.call('HMGET', P .. 'store', 'primary', 'seq', 'epoch', 'reign', 'reignSinceMs', 'endings')
if place[1] ~= ARGV[1] then return redis.error_reply('OTHERPRIMARY the data are of another primary') end
local seq, epoch, reign, reignSince = tonumber(place[2]), place[3], tonumber(place[4]), tonumber(place[5])
local endings = tonumber(place[6])
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function text(number) return string.format('%.0f', number) end

local function given(argument)
  if argument == '' then return nil end
  return string.sub(argument, 2)
end

local function answer(kind, ...) return { seq, epoch, now, kind, ... } end

-- endReasonOf
local function endOf(s, at)
  if s.ended then return s.ended end
  if at >= tonumber(s.expiresAtMs) or at >= tonumber(s.idleAtMs) then return 'expired' end
  return nil
end

-- A session as it reads now: underReign
local function load(id)
  local fields = redis.call('HGETALL', P .. 'session:' .. id)
  if #fields == 0 then return nil end
  local s = {}
  for i = 1, #fields, 2 do s[fields[i]] = fields[i + 1] end
  if not s.ended and tonumber(s.reign) < reign then
    s.ended = endOf(s, reignSince) or 'revoked'
    s.endedAtMs = text(reignSince)
  end
  return s
end

-- One text for a whole session: the driver takes ten times as long for forty.
local function packed(s) return s and cjson.encode(s) or false end

-- The newest change among the sessions that are answered; -1 where one is not there.
local newest = 0
local function see(changedAt)
  if not changedAt then newest = -1 end
  if newest >= 0 then newest = math.max(newest, tonumber(changedAt)) end
end

-- By when it is over, then by age.
local function sweepName(s) return string.format('%016.0f', tonumber(s.made)) .. s.id end

-- Saves these fields of a session; false removes one.
local function put(s, fields)
  local key, set = P .. 'session:' .. s.id, {}
  for field, value in pairs(fields) do
    if value then
      s[field] = value
      set[#set + 1] = field
      set[#set + 1] = value
    else
      s[field] = nil
      redis.call('HDEL', key, field)
    end
  end
  redis.call('HSET', key, unpack(set))
  local over = math.min(tonumber(s.endedAtMs or s.idleAtMs), tonumber(s.expiresAtMs), tonumber(s.idleAtMs))
  redis.call('ZADD', P .. 'over', text(over), sweepName(s))
end

-- Saves a change: counted and logged.
local function change(s, fields)
  seq = redis.call('HINCRBY', P .. 'store', 'seq', 1)
  fields.seq = text(seq)
  put(s, fields)
  redis.call('RPUSH', P .. 'changes', s.id)
  redis.call('LTRIM', P .. 'changes', -${keptChanges}, -1)
end

local function audit(entry, session, subject, from, to)
  local number = text(redis.call('HINCRBY', P .. 'store', 'auditSeq', 1))
  local fields = { 'entry', entry, 'at', text(now) }
  local function add(field, value)
    if value then
      fields[#fields + 1] = field
      fields[#fields + 1] = value
    end
  end
  add('session', session)
  add('subject', subject)
  add('from', from)
  add('to', to)
  redis.call('XADD', P .. 'audit', number .. '-0', unpack(fields))
  if session then redis.call('RPUSH', P .. 'audit:' .. session, number) end
end

local function auditOf(entry, s, from) audit(entry, s.idHash, s.issuer .. ' ' .. s.subject, from, s.version) end

local function leaveIndexes(s)
  redis.call('ZREM', P .. 'subject:' .. s.subjectKey, s.id)
  if s.idpKey then redis.call('ZREM', P .. 'idp:' .. s.idpKey, s.id) end
end

-- endStep: what it ended the session as, false where there was a tombstone
local function finish(s, reason, entry)
  if s.ended then return false end
  local over = endOf(s, now)
  change(s, { ended = over or reason, endedAtMs = text(now) })
  leaveIndexes(s)
  auditOf(entry, s, s.version)
  return over or 'ended'
end

-- The sessions of an index without a tombstone, oldest first
local function sessionsIn(index)
  local list = {}
  for _, id in ipairs(redis.call('ZRANGE', P .. index, 0, -1)) do
    local s = load(id)
    if s and not s.ended then list[#list + 1] = s end
  end
  return list
end
`
