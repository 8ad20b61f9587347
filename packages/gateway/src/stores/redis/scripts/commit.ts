import { rememberedWrites } from '@single-state/core/protocol'
import { verbScript } from './script.ts'

/** Means what `commitStep` means: over before repeat (rule 9), repeat before precondition (rule 4). */
export const commitScript = verbScript(`
local id, version, expectedDraw, draw, contract, shown, body, signal, value, ttlMs, writeKey, requestHash, entry, basedOn = unpack(ARGV, 3)
local s = load(id)
if not s then return answer('absent') end
local over = endOf(s, now)
if over then return answer('ended', over) end

local writes = cjson.decode(s.writes)
local key = given(writeKey)
for _, write in ipairs(writes) do
  if write[1] == key then
    if write[2] ~= requestHash then return answer('key_reused') end
    return answer('repeated', packed(s))
  end
end
if version ~= '' and (version ~= s.version or expectedDraw ~= s.draw) then return answer('conflict', tonumber(s.version)) end
if basedOn ~= '' and given(basedOn) ~= s.body then return answer('conflict', tonumber(s.version)) end

local signals, known = {}, nil
for _, one in ipairs(cjson.decode(s.signals)) do
  if one[2] - now >= 1 then
    signals[#signals + 1] = one
    if one[1] == given(signal) then known = one end
  end
end
if given(signal) then
  local expiresAt = now + tonumber(ttlMs)
  if known then known[2], known[3] = expiresAt, value
  else signals[#signals + 1] = { given(signal), expiresAt, value } end
end

local from = s.version
local fields = { version = text(tonumber(from) + 1), draw = draw, signals = #signals == 0 and '[]' or cjson.encode(signals) }
if given(body) then fields.body, fields.contract = given(body), contract end
if shown == s.generation and not s.confirmedAtMs then fields.confirmedAtMs = text(now) end
if key then
  writes[#writes + 1] = { key, requestHash, tonumber(fields.version) }
  while #writes > ${rememberedWrites} do table.remove(writes, 1) end
  fields.writes = cjson.encode(writes)
end
change(s, fields)
auditOf(entry, s, from)
return answer('committed', packed(s))
`)
