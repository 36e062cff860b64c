#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Changes how many shards the queue says it is made of.
-- KEYS  the shard's tag
-- ARGV  what to do: "close" (nothing is stored from now on), "open" (as before), "set"; a number: how many shards there
--       were, for one that was never used; or are to be
-- Result: {"" or what is still in this shard and must not be, the number of shards before}
-- Keeps: the number changes only while nothing is in the queue that would be looked for in another shard then: unsettled
-- events, dead letters, accounts that an operator has paused. Between close and set the number is negative, and enqueue
-- refuses.
--@include keys.lua
--@include seen.lua
local number = tonumber(redis.call('HGET', COUNTS, 'shards') or redis.call('EXISTS', COUNTS))

local function what_is_left()
    local events, dead = tonumber(redis.call('HGET', COUNTS, 'events') or 0), redis.call('ZCARD', DEAD)
    if events > 0 then
        return events .. (events == 1 and ' event is' or ' events are') .. ' not settled yet'
    elseif dead > 0 then
        return dead .. (dead == 1 and ' dead letter is' or ' dead letters are') .. ' neither replayed nor dropped'
    end
    for _, name in ipairs(redis.call('ZRANGE', APARK, 0, -1)) do
        if redis.call('HGET', ACCOUNT .. name, 'why') == 'paused' then
            return 'account ' .. name .. ' is paused, and would not stay so'
        end
    end
end

local steps = {}

function steps.close()
    local left = what_is_left()
    if left then
        return left
    end
    number = number == 0 and tonumber(ARGV[2]) or math.abs(number)
    if number > 0 then
        redis.call('HSET', COUNTS, 'shards', -number)
    end
end

function steps.open()
    if number < 0 then
        redis.call('HSET', COUNTS, 'shards', -number)
    end
end

-- Nobody comes by any more to forget what this shard has remembered.
local function forget_all()
    for first = 0, SEEN_BUCKETS - 1, 512 do
        local keys = {}
        for i = 1, 512 do
            keys[i] = SEEN .. string.format('%03x', first + i - 1)
        end
        redis.call('UNLINK', unpack(keys))
    end
end

-- A shard that is none any more is told as well: who still counts it in is refused there.
function steps.set()
    redis.call('HSET', COUNTS, 'shards', ARGV[2])
    if tonumber(string.match(K, '%d+')) >= tonumber(ARGV[2]) then
        forget_all()
    end
end

return {steps[ARGV[1]]() or '', math.abs(number)}
