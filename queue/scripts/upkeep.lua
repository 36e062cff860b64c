#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- One bounded step of upkeep: wakes what is due, takes back lanes whose lease ran out, trims done events, forgets
-- deliveries.
-- KEYS  the shard's tag
-- ARGV  max crashes, done events to keep, ms to keep them, leases to take back at most (0: those who hold them are only
--       just connected again, and come first), duplicate window ms
-- Result: {woken, reclaimed, buried, trimmed, ms until the next thing is due or -1, 1 when there is more to forget else 0}
-- Keeps: nothing stays parked or leased past its time while somebody calls this.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
--@include lanes.lua
--@include reclaim.lua
--@include seen.lua
--@include forget.lua
local most, trim_most, day_ms = 100, 200, 86400000
local leases_most = tonumber(ARGV[4])
local woken = lanes_wake(most) + accounts_wake(now, most)
local buried = 0
local late = redis.call('ZRANGE', LEASE, '-inf', now, 'BYSCORE', 'LIMIT', 0, leases_most)

for _, lane in ipairs(late) do
    local owner = owner_parse(redis.call('HGET', OWN, lane))
    if owner.token and lane_reclaim(lane, owner, tonumber(ARGV[1]), true) then
        buried = buried + 1
    end
end
local trimmed = done_trim(tonumber(ARGV[2]), tonumber(ARGV[3]), trim_most)
local has_more = deliveries_forget(tonumber(ARGV[5]))
redis.call('ZREMRANGEBYSCORE', WORKERS, '-inf', now - day_ms)
store()
local watched = leases_most > 0 and {PARK, APARK, LEASE} or {PARK, APARK}
return {woken, #late, buried, trimmed, trimmed == trim_most and 0 or next_due(watched),
        has_more and 1 or 0}
