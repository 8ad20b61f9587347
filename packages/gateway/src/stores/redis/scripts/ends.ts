import { verbScript } from './script.ts'

/** Means what `endStep` means. */
export const endScript = verbScript(`
local id, reason, entry = unpack(ARGV, 3)
local s = load(id)
if not s then return answer('absent') end
return answer(finish(s, reason, entry) or 'already')
`)

/** Means what `endSubjectStep` means, with the subject's cutoff. */
export const endSubjectScript = verbScript(`
local subjectKey, subject, which, name, entry = unpack(ARGV, 3)
local function isMeant(s)
  if which == 'except' then return s.id ~= name end
  if which == 'idpSession' then return s.idpSession == name end
  return which == 'all'
end
endings = redis.call('HINCRBY', P .. 'store', 'endings', 1)
redis.call('HSET', P .. 'cutoffs', subjectKey, endings)
audit(entry, nil, subject, nil, nil)
local ends, alive = {}, {}
for _, s in ipairs(sessionsIn('subject:' .. subjectKey)) do
  if isMeant(s) then
    if finish(s, 'revoked', entry) == 'ended' then alive[#alive + 1] = s.id end
    ends[#ends + 1] = s.id
  end
end
return answer('ended', ends, endings, alive)
`)

/** Means what `endAllStep` means: a new reign, and a new epoch, so that every reader starts anew. */
export const endAllScript = verbScript(`
local newEpoch, entry = unpack(ARGV, 3)
epoch = newEpoch
endings = redis.call('HINCRBY', P .. 'store', 'endings', 1)
redis.call('HSET', P .. 'store', 'reign', endings, 'reignSinceMs', text(now), 'epoch', epoch)
audit(entry, nil, nil, nil, nil)
return answer('ended', endings)
`)
