-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: what people are shown of an event.
local pair = redis.call('TIME')
local now = pair[1] * 1000 + math.floor(pair[2] / 1000)

-- The ids in flight. There are at most as many as workers have claimed; past the cap they show as waiting.
local function ids_flying()
    local flying = {}
    if redis.call('HLEN', OWN) <= 20000 then
        for _, owner in ipairs(redis.call('HVALS', OWN)) do
            flying[select(6, string.match(owner, OWNER)) or ''] = true
        end
    end
    return flying
end

local function state_of(id, s, flying)
    if flying[id] then
        return 'in_flight'
    elseif s[1] == 'done' or s[1] == 'dead' then
        return s[1]
    end
    return s[1] == 'retry' and tonumber(s[5] or 0) > now and 'retrying' or 'waiting'
end

-- 8 values: id, state, the first `size` bytes of the record, attempts, reason, settled ms, due ms, crashes. Nothing
-- when there is no such event.
local function row_add(rows, id, flying, size)
    local record = redis.call('GETRANGE', EVENT .. id, 0, size - 1)
    if record == '' then
        return
    end
    local s = redis.call('HMGET', STATE .. id, 'state', 'attempts', 'reason', 'settled', 'due', 'crashes')
    if not s[1] and redis.call('EXISTS', FINISH .. id) == 1 then -- done by its first run, as states.lua has it
        s = {'done', '1', false, redis.call('ZSCORE', DONE, id)}
    end
    local n, state = #rows, state_of(id, s, flying)
    rows[n + 1], rows[n + 2], rows[n + 3], rows[n + 4] = id, state, record, s[2] or '0'
    rows[n + 5], rows[n + 6] = s[3] or '', s[4] or ''
    rows[n + 7], rows[n + 8] = state == 'retrying' and s[5] or '', s[6] or '0'
end
