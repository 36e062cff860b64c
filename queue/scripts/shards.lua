#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Says how many shards the queue is made of, and writes it down where nobody has.
-- KEYS  the shard's tag
-- ARGV  the number that the caller has, 1 when it may be written down else 0
-- Result: the number; 0 when none is written down; negative while it is being changed.
-- Keeps: a number that is written down is changed by reshard alone. A queue without one that was ever used is from
-- before there was more than one shard.
--@include keys.lua
local number = tonumber(redis.call('HGET', COUNTS, 'shards') or redis.call('EXISTS', COUNTS))
if number == 0 and ARGV[2] == '0' then
    return 0
elseif redis.call('HEXISTS', COUNTS, 'shards') == 0 then
    number = number == 0 and ARGV[1] or number
    redis.call('HSET', COUNTS, 'shards', number)
end
return tonumber(number)
