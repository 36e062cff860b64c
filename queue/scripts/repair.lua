#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Mends one problem that the audit has found, if it is still one.
-- KEYS  the shard's tag
-- ARGV  key, subject (what the problem is about, "" for none), lane of the event that it is about ("" for none, or when
--       its record cannot be read), events, bytes and token as the audit found them, number of shards
-- Result: "mended: " and what was done, "left: " and why; "" when nothing is wrong any more.
-- Keeps: everything is proved again here, in one step with its mending. No record of an event is removed.
--@include keys.lua
--@include ring.lua
--@include seen.lua
--@include states.lua
--@include mend.lua
local key, subject, lane_of_event = ARGV[1], ARGV[2], ARGV[3]
local left

-- ---- events ----

-- Where the id belongs among a lane's: before the first that is younger, but never before one in flight.
local function insert(lane, id)
    local list = LANE .. lane
    local owner = redis.call('HGET', OWN, lane)
    if owner and select(6, string.match(owner, OWNER)) == id then
        redis.call('LPUSH', list, id)
        return
    end
    local first = owner and 1 or 0
    for from = 0, redis.call('LLEN', list), 1000 do
        for i, other in ipairs(redis.call('LRANGE', list, from, from + 999)) do
            if from + i > first and other > id then
                redis.call('LINSERT', list, 'BEFORE', other, id)
                return
            end
        end
    end
    redis.call('RPUSH', list, id)
end

local function mend_unsettled(id, lane)
    if lane == '' then
        left = 'its record cannot be read: the worker that claims it makes it a dead letter'
    elseif not lone_event(lane) then
        local times = #redis.call('LPOS', LANE .. lane, id, 'COUNT', 0)
        if times == 0 then
            insert(lane, id)
            mended('event back in its lane ' .. lane)
        elseif times > 1 then
            redis.call('LREM', LANE .. lane, 1 - times, id)
            mended('event in its lane once')
        end
    end
    if lane ~= '' then
        mend_lane(lane)
    end
end

local function is_in_lane(id, lane)
    if lone_event(lane) then
        return redis.call('LPOS', READY .. account_of(lane), lane) or redis.call('ZSCORE', PARK, lane)
            or redis.call('ZSCORE', LEASE, lane)
    end
    return lane ~= '' and redis.call('LPOS', LANE .. lane, id)
end

-- Puts a settled event among the dead or the done ones, and only there. A dead one is not trimmed, so dead wins. Its
-- account counted it when it was settled.
local function mend_settled(id, lane)
    local state = state_read(id)
    local is_dead, is_done = redis.call('ZSCORE', DEAD, id), redis.call('ZSCORE', DONE, id)
    if not is_settled(id) and is_in_lane(id, lane) then
        redis.call('ZREM', DONE, id)
        if redis.call('ZREM', DEAD, id) == 1 then
            redis.call('HINCRBY', ACCOUNT .. account_of(lane), 'dead', -1)
        end
        mended('event only in its lane, where it waits')
        return
    end
    local target = (is_dead or state == 'dead') and 'dead' or 'done'
    local settled = redis.call('HGET', STATE .. id, 'settled') or is_dead or is_done or now
    if state ~= target then
        redis.call('HSET', STATE .. id, 'state', target, 'settled', settled)
        mended('event is ' .. target)
    end
    if redis.call('ZADD', target == 'dead' and DEAD or DONE, settled, id) == 1 then
        mended('event among the ' .. target .. ' ones')
    end
    if redis.call('ZREM', target == 'dead' and DONE or DEAD, id) == 1 then
        mended('event no longer among the others')
    end
end

local function mend_event(id, lane)
    if is_settled(id) or redis.call('ZSCORE', DEAD, id) or redis.call('ZSCORE', DONE, id) then
        mend_settled(id, lane)
    elseif redis.call('EXISTS', EVENT .. id) == 1 then
        mend_unsettled(id, lane)
    end
end

local function mend_list_of_settled(id)
    if redis.call('EXISTS', EVENT .. id) == 1 then
        mend_event(id, lane_of_event)
    elseif redis.call('ZREM', key, id) == 1 then
        mended('no longer listed, as there is no such event')
    end
end

local function mend_belonging(id)
    if redis.call('EXISTS', EVENT .. id) == 0 and redis.call('DEL', key) == 1 then
        mended('removed, as it belongs to no event')
    end
end

local function mend_lane_list(lane)
    if subject ~= '' and subject ~= lane then
        if lane_of_event ~= '' and lane_of_event ~= lane then
            if redis.call('LREM', key, 0, subject) > 0 then
                mended('event ' .. subject .. ' out of the lane, as it is of ' .. lane_of_event)
            end
            mend_event(subject, lane_of_event)
        elseif not is_unsettled(subject) then
            if redis.call('LREM', key, 0, subject) > 0 then
                mended('event ' .. subject .. ' out of the lane, as it is gone or settled')
            end
        else
            mend_unsettled(subject, lane)
        end
    end
    mend_lane(lane)
end

-- ---- counts ----

-- True when nothing has moved since the audit counted.
local function is_quiet()
    local counts = redis.call('HMGET', COUNTS, 'events', 'bytes', 'token')
    return tonumber(counts[1] or 0) == tonumber(ARGV[4]) and tonumber(counts[2] or 0) == tonumber(ARGV[5])
        and tonumber(counts[3] or 0) == tonumber(ARGV[6])
end

local function set_count(hash, field, value)
    if not is_quiet() then
        left = 'the queue has moved since it was counted'
    elseif redis.call('HGET', hash, field) ~= value then
        redis.call('HSET', hash, field, value)
        if hash == COUNTS then
            redis.call('HSETNX', COUNTS, 'shards', ARGV[7])
        end
        mended(field .. ' set to what was counted: ' .. value)
    end
end

-- ---- by kind of key ----

local kinds = {}

kinds['e:'] = function(id)
    if subject == 'shard' then
        left = 'its account lives in another shard: it runs here, and what comes after it there'
    else
        mend_event(id, lane_of_event)
    end
end

kinds['l:'] = mend_lane_list
kinds['s:'] = mend_belonging
kinds['t:'] = mend_belonging
kinds['f:'] = mend_belonging
kinds['lease'] = function() mend_lane(subject) end
kinds['own'] = kinds['lease']
kinds['park'] = kinds['lease']
kinds['ring'] = function() mend_account(subject) end
kinds['apark'] = kinds['ring']
kinds['dead'] = function() mend_list_of_settled(subject) end
kinds['done'] = kinds['dead']

kinds['r:'] = function(name)
    if subject ~= '' and account_of(subject) ~= name and redis.call('LREM', key, 0, subject) > 0 then
        mended('lane ' .. subject .. ' is not of this account')
    end
    if subject ~= '' then
        mend_lane(subject)
    end
    mend_account(name)
end

kinds['a:'] = function(name)
    if subject ~= '' then
        set_count(key, 'waiting', subject)
    else
        mend_account(name)
    end
end

kinds['n'] = function()
    if subject == 'shards' then
        if redis.call('HSETNX', COUNTS, 'shards', ARGV[7]) == 1 then
            mended('number of shards written down again')
        else
            left = 'the number of shards is for hookline reshard to change'
        end
        return
    end
    local field, count = string.match(subject, '^(%a+) (%d+)$')
    if field then
        set_count(key, field, count)
    else
        left = 'nothing here says what is right'
    end
end

kinds['accounts'] = function()
    if redis.call('EXISTS', ACCOUNT .. subject) == 0 and redis.call('EXISTS', READY .. subject) == 0 then
        redis.call('SREM', key, subject)
        mended('account ' .. subject .. ' no longer listed, as nothing is known of it')
    else
        mend_account(subject)
    end
end

kinds['suspect'] = function()
    local lane = redis.call('HGET', SUSPECT, subject)
    local owner = lane and redis.call('HGET', OWN, lane)
    if lane and (not owner or select(7, string.match(owner, OWNER)) ~= subject) then
        redis.call('HDEL', SUSPECT, subject)
        mended('worker ' .. subject .. ' runs no suspect')
    end
end

kinds['d:'] = function()
    local cursor, bad = '0', {}
    repeat
        local page = redis.call('HSCAN', key, cursor, 'COUNT', 1000)
        for i = 1, #page[2], 2 do
            if #page[2][i] ~= SEEN_FIELD or #page[2][i + 1] ~= SEEN_VALUE then
                bad[#bad + 1] = page[2][i]
            end
        end
        cursor = page[1]
    until cursor == '0' or #bad >= 1000
    if #bad > 0 then
        redis.call('HDEL', key, unpack(bad))
        mended('what cannot be read of its remembered deliveries forgotten')
    end
end

-- Only hints to idle workers are in it, so it may go when it is no list.
kinds['wake'] = function()
    local type = redis.call('TYPE', key).ok
    if type ~= 'list' and type ~= 'none' then
        redis.call('DEL', key)
        mended('removed: it only wakes workers')
    elseif redis.call('LLEN', key) > 4 then
        redis.call('LTRIM', key, 0, 3)
        mended('cut to the tokens it may hold')
    end
    if redis.call('EXISTS', RING) == 1 and redis.call('EXISTS', WAKE) == 0 then
        wake()
    end
end

local types = {['e:'] = 'string', ['s:'] = 'hash', ['t:'] = 'list', ['f:'] = 'string', ['l:'] = 'list',
               ['r:'] = 'list', ['a:'] = 'hash', ['d:'] = 'hash', lease = 'zset', own = 'hash', park = 'zset', apark = 'zset', dead = 'zset',
               done = 'zset', n = 'hash', accounts = 'set', suspect = 'hash', ring = 'list', w = 'zset'}

local function repair()
    local rest = string.sub(key, #K + 1)
    local kind = kinds[rest] and rest or string.match(rest, '^%a:') or rest
    local type = redis.call('TYPE', key).ok
    if not kinds[kind] and not types[kind] then
        left = 'it is none of the queue; whoever wrote it knows what it is for'
        return
    elseif types[kind] and type ~= 'none' and type ~= types[kind] then
        left = 'somebody has written something else there, which may be of use: look, and move it away'
        return
    end
    if redis.call('PERSIST', key) == 1 then
        mended('it no longer expires')
    end
    if kinds[kind] then
        kinds[kind](string.sub(rest, 3))
    end
end

repair()
if #said > 0 then
    return 'mended: ' .. table.concat(said, '; ')
end
return left and 'left: ' .. left or ''
