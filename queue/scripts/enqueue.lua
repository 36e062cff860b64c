#!lua
-- SPDX-License-Identifier: Apache-2.0
-- Stores a batch of events.
-- KEYS  the shard's tag
-- ARGV  duplicate window ms, max events, max bytes, number of shards, 1 when WAIT or WAITAOF follows else 0, then 7 for
--       each event: bucket of its delivery id and its digest there (both "" for none), packed id, id, lane, record,
--       unsettled events its account may have with it (0: no limit)
-- Result: for each event 0 stored, 1 full, 2 its account is, or the packed id of the first event with that delivery id.
--         Or, when the queue has another number of shards, that number, and nothing is stored.
-- Keeps: a delivery id is queued once in its window; a lane that gets its first event becomes ready; the counts of
-- unsettled events and their bytes stay right and within their bounds. WAIT covers what this connection has written, so
-- what is to be confirmed writes something, also when every event is a duplicate of one that another connection brought.
-- Without flags: refused when memory is short.
--@include keys.lua
--@include ring.lua
--@include seen.lua
local window, max_events, max_bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local shards, is_to_confirm = ARGV[4], ARGV[5] == '1'
local had = redis.call('HMGET', COUNTS, 'events', 'bytes', 'shards')
if not had[3] then
    redis.call('HSET', COUNTS, 'shards', shards)
elseif had[3] ~= shards then
    return tonumber(had[3])
end
local events, bytes = tonumber(had[1] or 0), tonumber(had[2] or 0)
local added, added_events, added_bytes = {}, 0, 0
local result = {}

-- Whether the lane's account has `most` unsettled events already.
local waiting = {}

local function account_is_full(lane, most)
    local account = lane_split(lane)
    waiting[account] = waiting[account] or tonumber(redis.call('HGET', ACCOUNT .. account, 'waiting') or 0)
    return waiting[account] + (added[account] or 0) >= tonumber(most)
end

local seconds = redis.call('TIME')[1]
local stamp = struct.pack('>I4', seconds)

-- The packed id that was stored under this digest within the window, or false after remembering this one.
local function seen(bucket, digest, packed, is_refused)
    if digest == '' then
        return false
    elseif not is_refused and redis.call('HSETNX', SEEN .. bucket, digest, stamp .. packed) == 1 then
        return false
    end
    local had = redis.call('HGET', SEEN .. bucket, digest)
    if had and not seen_is_over(had, seconds, window) then
        return string.sub(had, 5)
    elseif not is_refused then
        redis.call('HSET', SEEN .. bucket, digest, stamp .. packed)
    end
    return false
end

-- Which of the events are stored already: one may be brought again after its delivery id was forgotten. Mostly none is,
-- so one call for all of them is tried before one for each.
local first, each = 6, 7
local keys, is_taken = {}, {}
for i = first + 3, #ARGV, each do
    keys[#keys + 1] = EVENT .. ARGV[i]
end
local is_any_stored = #keys > 0 and redis.call('EXISTS', unpack(keys)) > 0

local function is_stored(key)
    return is_taken[key] or is_any_stored and redis.call('EXISTS', key) == 1
end

local records, taken = {}, {} -- keys and records by turns, as MSET takes them; where the events are in ARGV

local function take(at, key, lane, record)
    local account, n = lane_split(lane), #records
    is_taken[key] = true
    records[n + 1], records[n + 2] = key, record
    taken[n / 2 + 1] = at
    added[account] = (added[account] or 0) + 1
    added_events = added_events + 1
    added_bytes = added_bytes + #record
end

local function into_lane(id, lane)
    local account, lone = lane_split(lane)
    if lone or redis.call('RPUSH', LANE .. lane, id) == 1 then
        if redis.call('RPUSH', READY .. account, lane) == 1 and not redis.call('ZSCORE', APARK, account) then
            ring_add(account, 'RPUSH')
        end
    end
end

for n, key in ipairs(keys) do
    local at = first + (n - 1) * each
    local bucket, digest, packed, _, lane, record, most = unpack(ARGV, at, at + each - 1)
    local is_full = events + added_events >= max_events or bytes + added_bytes + #record > max_bytes
    local why = is_full and 1 or most ~= '0' and account_is_full(lane, most) and 2 or 0
    local had = seen(bucket, digest, packed, why > 0)
    if not had and why == 0 then
        if is_stored(key) then
            had = packed
        else
            take(at, key, lane, record)
        end
    end
    result[n] = had or why
end
if added_events > 0 then
    redis.call('MSET', unpack(records))
    --@crash mid-enqueue-script
    for _, at in ipairs(taken) do
        into_lane(ARGV[at + 3], ARGV[at + 4])
    end
end
for account, count in pairs(added) do
    if redis.call('HINCRBY', ACCOUNT .. account, 'waiting', count) == count then
        redis.call('SADD', ACCOUNTS, account)
    end
end
if added_events > 0 then
    redis.call('HINCRBY', COUNTS, 'events', added_events)
    redis.call('HINCRBY', COUNTS, 'bytes', added_bytes)
elseif is_to_confirm then
    redis.call('HINCRBY', COUNTS, 'marks', 1)
end
return result
