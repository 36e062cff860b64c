#!lua flags=no-writes
-- SPDX-License-Identifier: Apache-2.0
-- Proves the invariants for one page of keys, to be called again with the cursor until it is "0".
-- KEYS  the shard's tag
-- ARGV  cursor, bytes of each record, number of shards
-- Result: {next cursor, keys, lanes, {3 values for each problem}, {3 values for each unsettled event: id, start of its
--         record, its bytes}, {2 for each account: name, waiting}, {4 values of what could not be proved}, {2 for each
--         event seen in a lane: lane, id}}; problems and what is open as audit_places.lua has them
-- Keeps: writes nothing. Each page is one step, so nothing moves while it is looked at, and a short one: of large keys it
-- looks at the first members, and lists that are long it does not search.
--@include keys.lua
--@include seen.lua
--@include states.lua
--@include audit_places.lua
local leases_most = 10000
local page_size = redis.call('DBSIZE') <= 200 and 200 or 50 -- of few keys, all at once
local lanes, unsettled, accounts, in_lanes = 0, {}, {}, {}
local members_left = 2000 -- to be looked at in this page

-- Of how many members of a key this page looks at the first ones.
local function share(count)
    local most = math.min(count, math.max(20, math.min(1000, members_left)))
    members_left = members_left - most
    return most
end

local function first_of_list(key)
    return redis.call('LRANGE', key, 0, share(redis.call('LLEN', key)) - 1)
end

local function first_of_set(key)
    return redis.call('ZRANGE', key, 0, share(redis.call('ZCARD', key)) - 1)
end

-- All of a hash, or some of it when it is large: fields and values by turns.
local function some_of_hash(key)
    local size = redis.call('HLEN', key)
    if share(size) == size then
        return redis.call('HGETALL', key)
    end
    return redis.call('HSCAN', key, 0, 'COUNT', 500)[2]
end

local function lane_is_empty(lane)
    local lone = string.match(lane, '^[^/:]+:(.*)$')
    if not lone then
        return redis.call('EXISTS', LANE .. lane) == 0
    end
    return not is_unsettled(lone)
end

local flying
-- An account's lanes in flight; nil when there are too many in all to be counted.
local function in_flight(name)
    if redis.call('ZCARD', LEASE) > leases_most then
        return nil
    end
    if not flying then
        flying = {}
        for _, lane in ipairs(redis.call('ZRANGE', LEASE, 0, -1)) do
            local account = string.match(lane, '^[^/:]*')
            flying[account] = (flying[account] or 0) + 1
        end
    end
    return flying[name] or 0
end

local function times_in_ring(name)
    return #redis.call('LPOS', RING, name, 'COUNT', 2)
end

-- What to prove of each kind of key: its type, whether it must expire, and the rest. By the part behind the tag, up to
-- and with its ':' where it has one.
local kinds = {}

kinds['ring'] = {'list', function(key)
    local seen = {}
    for _, name in ipairs(first_of_list(RING)) do
        if seen[name] then
            problem(key, 'account is in the ring twice: ' .. name, name)
        end
        seen[name] = true
        if redis.call('EXISTS', READY .. name) == 0 then
            problem(key, 'account in the ring has no ready lane: ' .. name, name)
        end
    end
end}

kinds['wake'] = {'list', function(key)
    if redis.call('LLEN', key) > 4 then
        problem(key, 'more tokens than it may hold')
    end
end}

kinds['lease'] = {'zset', function(key)
    for _, lane in ipairs(first_of_set(key)) do
        if redis.call('HEXISTS', OWN, lane) == 0 then
            problem(key, 'leased lane has no owner: ' .. lane, lane)
        end
        if lane_is_empty(lane) then
            problem(key, 'leased lane is empty: ' .. lane, lane)
        end
    end
end}

kinds['own'] = {'hash', function(key)
    local pairs_of = some_of_hash(key)
    for i = 1, #pairs_of, 2 do
        local lane, owner = pairs_of[i], pairs_of[i + 1]
        if not redis.call('ZSCORE', LEASE, lane) then
            problem(key, 'owned lane is not leased: ' .. lane, lane)
        end
        if not string.match(owner, OWNER) then
            problem(key, 'owner cannot be read: ' .. owner, lane)
        end
    end
end}

kinds['park'] = {'zset', function(key)
    for _, lane in ipairs(first_of_set(key)) do
        if lane_is_empty(lane) then
            problem(key, 'parked lane is empty: ' .. lane, lane)
        end
    end
end}

kinds['apark'] = {'zset', function(key)
    for _, name in ipairs(first_of_set(key)) do
        local why = redis.call('HGET', ACCOUNT .. name, 'why')
        if not why or why == '' then
            problem(key, 'account is parked for no reason: ' .. name, name)
        end
    end
end}

local function check_settled(key, state)
    for _, id in ipairs(first_of_set(key)) do
        if redis.call('EXISTS', EVENT .. id) == 0 then
            problem(key, 'there is no such event: ' .. id, id)
        elseif state_read(id) ~= state then
            problem(key, 'event is not ' .. state .. ': ' .. id, id)
        end
    end
end

kinds['dead'] = {'zset', function(key) check_settled(key, 'dead') end}
kinds['done'] = {'zset', function(key) check_settled(key, 'done') end}

kinds['suspect'] = {'hash', function(key)
    local pairs_of = some_of_hash(key)
    for i = 1, #pairs_of, 2 do
        local owner = redis.call('HGET', OWN, pairs_of[i + 1])
        if not owner or select(7, string.match(owner, OWNER)) ~= pairs_of[i] then
            problem(key, 'worker does not run its suspect: ' .. pairs_of[i], pairs_of[i])
        end
    end
end}

kinds['n'] = {'hash', function(key)
    local shards = redis.call('HGET', key, 'shards') or 'nothing'
    if shards ~= ARGV[3] then
        problem(key, 'the number of shards must be ' .. ARGV[3] .. ', and is ' .. shards, 'shards')
    end
end}

kinds['w'] = {'zset', function() end}

kinds['accounts'] = {'set', function(key)
    for _, name in ipairs(redis.call('SRANDMEMBER', key, share(redis.call('SCARD', key)))) do
        if redis.call('EXISTS', ACCOUNT .. name) == 0 then
            problem(key, 'account is not known: ' .. name, name)
        end
    end
end}

kinds['d:'] = {'hash', function(key)
    local pairs_of = some_of_hash(key)
    for i = 1, #pairs_of, 2 do
        if #pairs_of[i] ~= SEEN_FIELD or #pairs_of[i + 1] ~= SEEN_VALUE then
            problem(key, 'remembered delivery cannot be read')
            return
        end
    end
end}

kinds['e:'] = {'string', function(key, id)
    local state = state_read(id)
    local is_dead, is_done = redis.call('ZSCORE', DEAD, id), redis.call('ZSCORE', DONE, id)
    if (is_dead and 'dead' or is_done and 'done' or nil) ~= ((state == 'dead' or state == 'done') and state or nil) then
        problem(key, 'state and place of a settled event differ')
    end
    if not is_dead and not is_done then
        unsettled[#unsettled + 1] = id
        unsettled[#unsettled + 1] = redis.call('GETRANGE', key, 0, tonumber(ARGV[2]) - 1)
        unsettled[#unsettled + 1] = redis.call('STRLEN', key)
    end
end}

local function check_has_event(key, id)
    if redis.call('EXISTS', EVENT .. id) == 0 then
        problem(key, 'belongs to no event')
    end
end

kinds['s:'] = {'hash', check_has_event}
kinds['t:'] = {'list', check_has_event}
kinds['f:'] = {'string', check_has_event}

kinds['l:'] = {'list', function(key, lane)
    local seen = {}
    lanes = lanes + 1
    check_lane(key, lane)
    for _, id in ipairs(first_of_list(key)) do
        if not is_unsettled(id) then
            problem(key, 'event in the lane is gone or settled: ' .. id, id)
        end
        if seen[id] then
            problem(key, 'event is in the lane twice: ' .. id, id)
        end
        seen[id] = true
        in_lanes[#in_lanes + 1] = lane
        in_lanes[#in_lanes + 1] = id
    end
    local owner, head = redis.call('HGET', OWN, lane), redis.call('LINDEX', key, 0)
    if owner and select(6, string.match(owner, OWNER)) ~= head then
        problem(key, 'the event in flight is not the head of the lane', head)
    end
end}

kinds['r:'] = {'list', function(key, name)
    for _, lane in ipairs(first_of_list(key)) do
        if string.match(lane, '^[^/:]*') ~= name then
            problem(key, 'lane of another account: ' .. lane, lane)
        end
        if lane_is_empty(lane) then
            problem(key, 'ready lane is empty: ' .. lane, lane)
        end
    end
    local places = times_in_ring(name) + (redis.call('ZSCORE', APARK, name) and 1 or 0)
    if places ~= 1 then
        problem(key, 'account with ready lanes must be in one of ring and apark, and is in ' .. places)
    end
end}

kinds['a:'] = {'hash', function(key, name)
    local f = redis.call('HMGET', key, 'why', 'in_flight', 'waiting')
    if (f[1] and f[1] ~= '') ~= (redis.call('ZSCORE', APARK, name) and true or false) then
        problem(key, 'account must be parked exactly while it has a reason to be')
    end
    local flies = in_flight(name)
    if flies and tonumber(f[2] or 0) ~= flies then
        problem(key, 'account has ' .. flies .. ' lanes in flight, and counts ' .. (f[2] or 0))
    end
    if f[1] == 'capped' and flies == 0 then
        problem(key, 'account waits for a lane in flight, and has none')
    end
    if redis.call('SISMEMBER', ACCOUNTS, name) == 0 then
        problem(key, 'account is not listed')
    end
    accounts[#accounts + 1] = name
    accounts[#accounts + 1] = tonumber(f[3] or 0)
end}

local function check_key(key)
    local rest = string.sub(key, #K + 1)
    local kind = kinds[rest] or kinds[string.match(rest, '^%a:') or '']
    if not kind then
        problem(key, 'is no key of the queue')
        return
    end
    if redis.call('TYPE', key).ok ~= kind[1] then
        problem(key, 'is not a ' .. kind[1])
        return
    end
    if redis.call('PTTL', key) ~= -1 then
        problem(key, 'expires, and must not')
    end
    kind[2](key, string.sub(rest, 3))
end

local page = redis.call('SCAN', ARGV[1], 'MATCH', K .. '*', 'COUNT', page_size)
for _, key in ipairs(page[2]) do
    check_key(key)
end
return {page[1], #page[2], lanes, problems, unsettled, accounts, open, in_lanes}
