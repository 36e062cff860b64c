#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Queues a settled event again, behind what its lane holds, or forgets a dead one.
-- KEYS  the shard's tag
-- ARGV  event id, its lane, "replay", "replay_done" (a done event too) or "drop"
-- Result: "ok", or the state that forbids it
-- Keeps: a settled event is in exactly one of dead, done and its lane; its progress, and whether its last run was cut
-- short, stay with it.
--@include keys.lua
--@include states.lua
--@include ring.lua
--@include accounts.lua
--@include lanes.lua
local id, lane, what = ARGV[1], ARGV[2], ARGV[3]
local account = lane_account(lane)

if redis.call('EXISTS', EVENT .. id) == 0 then
    return 'missing'
end
if redis.call('ZREM', DEAD, id) == 1 then
    account.dead = account.dead - 1
elseif what ~= 'replay_done' or redis.call('ZREM', DONE, id) == 0 then
    return redis.call('ZSCORE', DONE, id) and 'done' or 'not settled yet'
end
if what == 'drop' then
    redis.call('DEL', unpack(event_keys({id})))
else
    local progress, trace = finish_read(id)
    if progress then
        redis.call('DEL', FINISH .. id)
        redis.call('HSET', STATE .. id, 'progress', progress)
    end
    if progress and trace ~= '' then
        redis.call('RPUSH', TIMELINE .. id, trace)
    end
    redis.call('HDEL', STATE .. id, 'state', 'settled', 'due', 'reason', 'attempts', 'crashes')
    account.waiting = account.waiting + 1
    counted.events = counted.events + 1
    counted.bytes = counted.bytes + redis.call('STRLEN', EVENT .. id)
    local _, lone = lane_split(lane)
    if lone or redis.call('RPUSH', LANE .. lane, id) == 1 then
        lane_ready(lane, account)
    end
end
store()
return 'ok'
