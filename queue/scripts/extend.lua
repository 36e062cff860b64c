#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Extends the leases a worker holds, and its heartbeat.
-- KEYS  the shard's tag
-- ARGV  worker, lease ms, then 2 for each lease: lane, token
-- Result: {indexes of leases that are no longer the worker's}
-- Keeps: only a lane's owner, by token, moves its expiry.
--@include keys.lua
local worker, lease_ms = ARGV[1], tonumber(ARGV[2])
local pair = redis.call('TIME')
local now = pair[1] * 1000 + math.floor(pair[2] / 1000)
local lost, leases = {}, {}

for i = 3, #ARGV, 2 do
    local owner = redis.call('HGET', OWN, ARGV[i])
    local token, _, _, _, _, _, holder = string.match(owner or '', OWNER)
    if token == ARGV[i + 1] and holder == worker then
        leases[#leases + 1] = now + lease_ms
        leases[#leases + 1] = ARGV[i]
    else
        lost[#lost + 1] = (i - 3) / 2
    end
end
if #leases > 0 then
    redis.call('ZADD', LEASE, 'XX', unpack(leases))
end
redis.call('ZADD', WORKERS, now, worker)
return lost
