-- SPDX-License-Identifier: Apache-2.0
-- Included after ring.lua and states.lua: puts lanes and accounts where they belong, whatever place they are found in.
-- Nothing here removes a record.
local pair = redis.call('TIME')
local now = pair[1] * 1000 + math.floor(pair[2] / 1000)
local leases_most = 10000 -- as the audit has it
local said = {}

local function mended(text)
    said[#said + 1] = text
end

local function lone_event(lane)
    return string.match(lane, '^[^/:]+:(.*)$')
end

local function account_of(lane)
    return string.match(lane, '^[^/:]*')
end

local function lane_is_empty(lane)
    local lone = lone_event(lane)
    if lone then
        return not is_unsettled(lone)
    end
    return redis.call('EXISTS', LANE .. lane) == 0
end

-- ---- accounts ----

local function recount_in_flight(name)
    if redis.call('ZCARD', LEASE) > leases_most then
        return
    end
    local count = 0
    for _, lane in ipairs(redis.call('ZRANGE', LEASE, 0, -1)) do
        count = count + (account_of(lane) == name and 1 or 0)
    end
    local counted = tonumber(redis.call('HGET', ACCOUNT .. name, 'in_flight') or 0)
    if counted ~= count then
        redis.call('HSET', ACCOUNT .. name, 'in_flight', count)
        mended('lanes in flight of ' .. name .. ' counted: ' .. count)
    end
    return count
end

-- What an operator or a key's refusal asked for stays; what only time or a lane in flight was waited for ends.
local function mend_why(name, in_flight)
    local why = redis.call('HGET', ACCOUNT .. name, 'why') or ''
    local is_parked = redis.call('ZSCORE', APARK, name) and true or false
    local is_held = why == 'paused' or why == 'suspended'
    if why == 'capped' and in_flight == 0 or why ~= '' and not is_parked and not is_held then
        redis.call('HSET', ACCOUNT .. name, 'why', '')
        redis.call('ZREM', APARK, name)
        mended('account ' .. name .. ' may run')
        return false
    elseif is_held and not is_parked then
        redis.call('ZADD', APARK, '+inf', name)
        mended('account ' .. name .. ' rests again, as it is ' .. why)
        return true
    elseif why == '' and is_parked then
        redis.call('ZREM', APARK, name)
        mended('account ' .. name .. ' may run, as nothing says why not')
        return false
    end
    return is_parked
end

local function mend_ring(name, is_parked)
    local times = #redis.call('LPOS', RING, name, 'COUNT', 0)
    local should = not is_parked and redis.call('EXISTS', READY .. name) == 1 and 1 or 0
    if times > should then
        redis.call('LREM', RING, should - times, name)
        mended('account ' .. name .. (should == 1 and ' in the ring once' or ' out of the ring'))
    elseif times < should then
        ring_add(name, 'RPUSH')
        mended('account ' .. name .. ' in the ring')
    end
end

local function mend_account(name)
    local is_known = redis.call('EXISTS', ACCOUNT .. name) == 1
    if not is_known and redis.call('EXISTS', READY .. name) == 1 then
        redis.call('HSET', ACCOUNT .. name, 'why', '')
        is_known = true
        mended('account ' .. name .. ' known')
    end
    if is_known and redis.call('SADD', ACCOUNTS, name) == 1 then
        mended('account ' .. name .. ' listed')
    end
    local is_parked = false
    if is_known then
        is_parked = mend_why(name, recount_in_flight(name))
    elseif redis.call('ZREM', APARK, name) == 1 then
        mended('account ' .. name .. ' forgotten, as nothing is known of it')
    end
    mend_ring(name, is_parked)
end

-- ---- lanes ----

-- A run that nobody will settle may have written something: the next one looks before it writes.
local function drop_lease(lane)
    local owner = redis.call('HGET', OWN, lane) or ''
    local _, _, _, _, _, id, worker = string.match(owner, OWNER)
    id = id or lone_event(lane) or redis.call('LINDEX', LANE .. lane, 0)
    if redis.call('HDEL', OWN, lane) + redis.call('ZREM', LEASE, lane) == 0 then
        return
    end
    if id and is_unsettled(id) then
        redis.call('HSET', STATE .. id, 'cut', 1)
    end
    if worker and redis.call('HGET', SUSPECT, worker) == lane then
        redis.call('HDEL', SUSPECT, worker)
    end
    mended('lease of ' .. lane .. ' ended, its event counts as interrupted')
end

-- The event in flight is the one that its settlement takes off the head of the lane.
local function mend_head(lane, id)
    local lone = lone_event(lane)
    if id == (lone or redis.call('LINDEX', LANE .. lane, 0)) then
        return
    elseif lone or not is_unsettled(id) then
        drop_lease(lane)
        return
    end
    redis.call('LREM', LANE .. lane, 0, id)
    redis.call('LPUSH', LANE .. lane, id)
    mended('event in flight at the head of ' .. lane)
end

local function mend_lease(lane)
    local owner, is_leased = redis.call('HGET', OWN, lane), redis.call('ZSCORE', LEASE, lane)
    local id = owner and select(6, string.match(owner, OWNER))
    if (owner or is_leased) and not id then
        drop_lease(lane)
    elseif id then
        if not is_leased then
            redis.call('ZADD', LEASE, now, lane)
            mended('lane ' .. lane .. ' leased again, for no time')
        end
        mend_head(lane, id)
    end
end

local function leave_all_places(lane)
    if redis.call('LREM', READY .. account_of(lane), 0, lane) + redis.call('ZREM', PARK, lane) > 0 then
        mended('empty lane ' .. lane .. ' out of where it was')
    end
    drop_lease(lane)
end

-- Of two places, the one that holds back more is kept: leased before parked before ready.
local function keep_one_place(lane)
    local ready = READY .. account_of(lane)
    local times = #redis.call('LPOS', ready, lane, 'COUNT', 0)
    local is_leased = redis.call('ZSCORE', LEASE, lane)
    if is_leased and redis.call('ZREM', PARK, lane) == 1 then
        mended('lane ' .. lane .. ' no longer parked, as it is in flight')
    end
    local is_parked = redis.call('ZSCORE', PARK, lane)
    local should = not is_leased and not is_parked and 1 or 0
    if times > should then
        redis.call('LREM', ready, should - times, lane)
        mended('lane ' .. lane .. (should == 1 and ' ready once' or ' no longer ready, as it is in flight or parked'))
    elseif times < should then
        redis.call('RPUSH', ready, lane)
        mended('lane ' .. lane .. ' ready')
    end
end

local function mend_lane(lane)
    if lane_is_empty(lane) then
        leave_all_places(lane)
    else
        mend_lease(lane)
        keep_one_place(lane)
    end
    mend_account(account_of(lane))
end
