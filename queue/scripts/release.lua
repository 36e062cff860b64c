#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Takes lanes back from a worker: one page of all leased lanes, to be called again with the cursor until it is "0".
-- KEYS  the shard's tag
-- ARGV  worker, cursor, after, upto, max crashes, 1 when the worker was lost with them, 0 when they never reached it
--       Only claims with after < token <= upto are taken; upto "" stands for the newest token there is.
-- Result: {next cursor, upto as a number, lanes taken back}
-- Keeps: a lane goes from its lease to ready (or its head to dead, as poison), never to two places.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
--@include lanes.lua
--@include reclaim.lua
local worker, after = ARGV[1], tonumber(ARGV[3])
local upto = tonumber(ARGV[4]) or tonumber(redis.call('HGET', COUNTS, 'token') or 0)
local max_crashes, counts = tonumber(ARGV[5]), ARGV[6] == '1'
local page = redis.call('HSCAN', OWN, ARGV[2], 'COUNT', 200)
local taken = 0

for i = 1, #page[2], 2 do
    local owner = owner_parse(page[2][i + 1])
    local token = tonumber(owner.token)
    if owner.worker == worker and token > after and token <= upto then
        lane_reclaim(page[2][i], owner, max_crashes, counts)
        taken = taken + 1
    end
end
if page[1] == '0' and counts then
    redis.call('ZREM', WORKERS, worker)
end
store()
return {page[1], upto, taken}
