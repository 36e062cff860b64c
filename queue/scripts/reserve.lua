#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Takes tokens of an account's rate, on credit when the bucket has too few.
-- KEYS  the shard's tag
-- ARGV  account, tokens
-- Result: {ms to wait before the first request, ms between the requests as text}
-- Keeps: over any time, requests stay within rate * time + burst, and none is promised inside a 429's rest.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
--@include rate.lua
local pair = redis.call('TIME')
local now = pair[1] * 1000 + math.floor(pair[2] / 1000)
local account, count = account_named(ARGV[1]), tonumber(ARGV[2])
local wait, gap = 0, 0

if account.rate > 0 then
    local tokens = rate_tokens(account, now)
    if tokens < count then
        gap = rate_gap(account, now)
        wait = math.max(0, rate_next(account, now) - now)
    end
    rate_take(account, now, count)
    redis.call('HSET', account.key, 'tat', account.tat)
    redis.call('SADD', ACCOUNTS, account.name)
end
if account.why == 'limited' then
    wait = math.max(wait, tonumber(redis.call('ZSCORE', APARK, account.name) or now) - now)
end
return {math.ceil(wait), tostring(gap)}
