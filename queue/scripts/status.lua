#!lua flags=no-writes
-- SPDX-License-Identifier: Apache-2.0
-- The counts of the shard, its workers, and one page of its accounts.
-- KEYS  the shard's tag
-- ARGV  cursor
-- Result: {next cursor, unsettled events, their bytes, leased, parked, dead, done, oldest ready id of this page or "",
--         {workers, 3 values each: id, heartbeat ms ago, in flight},
--         {accounts, 10 each: name, why, reason, until ms or "", ready lanes, in flight, rate or "", waiting, done,
--         dead}}
-- Keeps: writes nothing.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
--@include rate.lua
local pair = redis.call('TIME')
local now = pair[1] * 1000 + math.floor(pair[2] / 1000)
local counts = redis.call('HMGET', COUNTS, 'events', 'bytes')
local oldest, workers, rows = '', {}, {}

local function add_workers()
    local flying = {}
    if redis.call('HLEN', OWN) <= 20000 then
        for _, owner in ipairs(redis.call('HVALS', OWN)) do
            local worker = select(7, string.match(owner, OWNER)) or ''
            flying[worker] = (flying[worker] or 0) + 1
        end
    end
    local known = redis.call('ZRANGE', WORKERS, 0, 199, 'REV', 'WITHSCORES')
    for i = 1, #known, 2 do
        workers[#workers + 1] = known[i]
        workers[#workers + 1] = now - tonumber(known[i + 1])
        workers[#workers + 1] = flying[known[i]] or 0
    end
end

-- The head of the lane that has been ready for longest stands for the account's oldest waiting event.
local function see_oldest(name)
    local lane = redis.call('LINDEX', READY .. name, 0)
    local id = lane and lane_head(lane)
    if id and (oldest == '' or id < oldest) then
        oldest = id
    end
end

local function add_account(name)
    local account = account_named(name)
    local reason = redis.call('HGET', ACCOUNT .. name, 'reason') or ''
    local till = account.why ~= '' and redis.call('ZSCORE', APARK, name) or ''
    local rate = account.rate > 0 and tostring(1000 / rate_gap(account, now)) or ''
    see_oldest(name)
    for _, value in ipairs({name, account.why, reason, till, redis.call('LLEN', READY .. name), account.in_flight,
                            rate, account.waiting, account.done, account.dead}) do
        rows[#rows + 1] = value
    end
end

if ARGV[1] == '0' then
    add_workers()
end
local page = redis.call('SSCAN', ACCOUNTS, ARGV[1], 'COUNT', 100)
for _, name in ipairs(page[2]) do
    add_account(name)
end
return {page[1], tonumber(counts[1] or 0), tonumber(counts[2] or 0), redis.call('ZCARD', LEASE),
        redis.call('ZCARD', PARK), redis.call('ZCARD', DEAD), redis.call('ZCARD', DONE), oldest, workers, rows}
