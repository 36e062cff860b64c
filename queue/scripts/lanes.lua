-- SPDX-License-Identifier: Apache-2.0
-- Included after accounts.lua: lanes and the events at their heads.
-- Invariant: a lane with events is in exactly one of ready, leased (lease and own), parked.
-- A lane is named "<account>/<order key>", with a list of ids; or "<account>:<id>" for an event without an order key,
-- which needs no list: the lane is that one event.
local now_pair = redis.call('TIME')
local now = now_pair[1] * 1000 + math.floor(now_pair[2] / 1000)
local counted = {events = 0, bytes = 0}

local function lane_account(lane)
    return account_named(string.match(lane, '^[^/:]+'))
end

local function lane_head(lane)
    return string.match(lane, '^[^/:]+:(.*)$') or redis.call('LINDEX', LANE .. lane, 0)
end

-- Puts a lane that is in no place among the ready ones: at the end, or in front when it is only being given back.
-- An account that is `out` of the ring for its turn is put back by whoever took it.
local function lane_ready(lane, account, push)
    if redis.call(push or 'RPUSH', READY .. account.name, lane) == 1 and account.why == '' and not account.out then
        ring_add(account.name)
    end
end

-- Drops the head of a lane that is in no place; what is behind it may run now.
local function lane_advance(lane, account)
    if not string.find(lane, '^[^/:]+:') then
        redis.call('LPOP', LANE .. lane)
        if redis.call('EXISTS', LANE .. lane) == 1 then
            lane_ready(lane, account)
        end
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

local function owner_format(owner)
    return string.format('%.0f %d %d %d %s %s %s', owner.token, owner.size, owner.attempts, owner.crashes, owner.cut,
        owner.id, owner.worker)
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
    redis.call('ZADD', state == 'done' and DONE or DEAD, now, owner.id)
end

-- Lets lanes whose parking has ended become ready, at most `most`.
local function lanes_wake(most)
    local due = redis.call('ZRANGE', PARK, '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
    for _, lane in ipairs(due) do
        redis.call('ZREM', PARK, lane)
        lane_ready(lane, lane_account(lane))
    end
    return #due
end

-- Forgets the oldest done events: those beyond keep_count and those older than keep_ms, at most `most`.
local function done_trim(keep_count, keep_ms, most)
    local over = math.min(most, redis.call('ZCARD', DONE) - keep_count)
    local ids = redis.call('ZRANGE', DONE, '-inf', now - keep_ms, 'BYSCORE', 'LIMIT', 0, most)
    if over > #ids then
        ids = redis.call('ZRANGE', DONE, 0, over - 1)
    end
    for _, id in ipairs(ids) do
        redis.call('ZREM', DONE, id)
        redis.call('DEL', EVENT .. id, STATE .. id, TIMELINE .. id)
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
    accounts_store()
    if counted.events ~= 0 then
        redis.call('HINCRBY', COUNTS, 'events', counted.events)
        redis.call('HINCRBY', COUNTS, 'bytes', counted.bytes)
    end
end
