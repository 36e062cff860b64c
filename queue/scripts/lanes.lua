-- SPDX-License-Identifier: Apache-2.0
-- Included after accounts.lua: lanes and the events at their heads.
-- Invariant: a lane with events is in exactly one of ready, leased (lease and own), parked.
-- A lane is named "<account>/<order key>", with a list of ids; or "<account>:<id>" for an event without an order key,
-- which needs no list: the lane is that one event.
local now_pair = redis.call('TIME')
local now = now_pair[1] * 1000 + math.floor(now_pair[2] / 1000)
local now_text = string.format('%d', now) -- Redis takes half a microsecond to write a Lua number as text
local counted = {events = 0, bytes = 0}
local left = {done = {}, dead = {}} -- settled for good in this run: ms and id by turns, as ZADD takes them

local function lane_account(lane)
    return account_named((lane_split(lane)))
end

-- Puts lanes that are in no place among the ready ones: at the end (RPUSH), or in front (LPUSH) when they are only
-- being given back. An account that is `out` of the ring for its turn is put back by whoever took it.
local function lanes_push(account, push, lanes)
    local had = redis.call(push, READY .. account.name, unpack(lanes)) - #lanes
    if had == 0 and account.why == '' and not account.out then
        account_join(account)
    end
end

-- How many of these keys there are: all or none, mostly, so one call for all of them is tried before one for each.
local function exist(keys)
    local exists, count = {}, #keys > 0 and redis.call('EXISTS', unpack(keys)) or 0
    for i, key in ipairs(keys) do
        exists[i] = count == #keys or count > 0 and redis.call('EXISTS', key) == 1
    end
    return exists, count
end

-- What becomes ready at the end is gathered by account, as one call is cheaper than many; lanes_flush comes before
-- anything that looks at ready lanes, and before the script ends.
local gathered = {}
local advanced, advanced_lists = {}, {} -- lanes without their head, which are ready if there is something behind it

local function lane_ready(lane, account)
    local lanes = gathered[account]
    if lanes then
        lanes[#lanes + 1] = lane
    else
        gathered[account] = {lane}
    end
end

local function lanes_flush()
    if #advanced > 0 then
        for i, has_more in ipairs(exist(advanced_lists)) do
            if has_more then
                lane_ready(advanced[i], lane_account(advanced[i]))
            end
        end
        advanced, advanced_lists = {}, {}
    end
    for account, lanes in pairs(gathered) do
        lanes_push(account, 'RPUSH', lanes)
    end
    gathered = {}
end

-- Drops the head of a lane that is in no place; what is behind it may run now.
local function lane_advance(lane)
    local _, id = lane_split(lane)
    if not id then
        local n, list = #advanced + 1, LANE .. lane
        redis.call('LPOP', list)
        advanced[n], advanced_lists[n] = lane, list
    end
end

-- The owner of a leased lane, as OWNER has it; an empty one when there is none.
local function owner_parse(text)
    if not text then
        return {}
    end
    local token, size, attempts, crashes, cut, id, worker = string.match(text, OWNER)
    return {token = token, size = tonumber(size), attempts = tonumber(attempts), crashes = tonumber(crashes),
            cut = cut, id = id, worker = worker}
end

-- A worker runs one event at a time that has cost a worker before, so that the next crash names the culprit.
local function suspect_clear(owner)
    if owner.crashes > 0 then
        redis.call('HDEL', SUSPECT, owner.worker)
    end
end

-- An unsettled event is settled for good, as `state` ("done" or "dead"); its lane is the caller's to move on.
local function event_leave(account, owner, state)
    account.waiting = account.waiting - 1
    account[state] = account[state] + 1
    counted.events = counted.events - 1
    counted.bytes = counted.bytes - owner.size
    local settled = left[state]
    settled[#settled + 1] = now_text
    settled[#settled + 1] = owner.id
end

-- Lets lanes whose parking has ended become ready, at most `most`.
local function lanes_wake(most)
    local due = redis.call('ZRANGE', PARK, '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
    for _, lane in ipairs(due) do
        redis.call('ZREM', PARK, lane)
        --@crash mid-promotion
        lane_ready(lane, lane_account(lane))
    end
    lanes_flush()
    return #due
end

-- All that there is of these events, apart from where they are.
local function event_keys(ids)
    local keys, n = {}, 0
    for _, id in ipairs(ids) do
        keys[n + 1], keys[n + 2], keys[n + 3], keys[n + 4] = EVENT .. id, STATE .. id, TIMELINE .. id, FINISH .. id
        n = n + 4
    end
    return keys
end

-- Forgets the oldest done events: those beyond keep_count and those older than keep_ms, at most `most`.
local function done_trim(keep_count, keep_ms, most)
    local over = math.min(most, redis.call('ZCARD', DONE) - keep_count)
    local ids = redis.call('ZRANGE', DONE, '-inf', now - keep_ms, 'BYSCORE', 'LIMIT', 0, most)
    if over > #ids then
        ids = redis.call('ZRANGE', DONE, 0, over - 1)
    end
    if #ids > 0 then
        redis.call('ZREM', DONE, unpack(ids))
        redis.call('DEL', unpack(event_keys(ids)))
    end
    return #ids
end

-- Milliseconds until the first member of any of these sorted sets is due; -1 when none ever is.
local function next_due(keys)
    local first = math.huge
    for _, key in ipairs(keys) do
        local top = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
        first = math.min(first, tonumber(top[2] or math.huge))
    end
    return first == math.huge and -1 or math.max(0, math.ceil(first - now))
end

-- The last thing a script does.
local function store()
    lanes_flush()
    accounts_store()
    for state, settled in pairs(left) do
        if #settled > 0 then
            redis.call('ZADD', state == 'done' and DONE or DEAD, unpack(settled))
        end
    end
    if counted.events ~= 0 then
        redis.call('HINCRBY', COUNTS, 'events', counted.events)
        redis.call('HINCRBY', COUNTS, 'bytes', counted.bytes)
    end
end
