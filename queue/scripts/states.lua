-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: what an event has come to. One that was done by its first run has a finish (its progress, a
-- NUL, its trace), and neither state nor timeline: most events need no more, and one key is cheaper than two.

-- The progress and the trace of a finish, "" where there is none; nil for an event without one.
local function finish_read(id)
    local text = redis.call('GET', FINISH .. id)
    local at = text and string.find(text, '\0', 1, true)
    if at then
        return string.sub(text, 1, at - 1), string.sub(text, at + 1)
    end
end

-- 'retry', 'done', 'dead'; false for an event that was never settled.
local function state_read(id)
    return redis.call('HGET', STATE .. id, 'state') or redis.call('EXISTS', FINISH .. id) == 1 and 'done'
end

local function is_settled(id)
    local state = state_read(id)
    return state == 'done' or state == 'dead'
end

local function is_unsettled(id)
    return redis.call('EXISTS', EVENT .. id) == 1 and not is_settled(id)
end
