#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Writes down how fast accounts may go, and how much each gets of a turn.
-- KEYS  the shard's tag
-- ARGV  5 for each account: name, requests a second (0: no limit), burst, events in flight (0: no limit), weight
-- Result: how many
-- Keeps: an account that waits for a limit that has changed is looked at again.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
for i = 1, #ARGV, 5 do
    local account = account_named(ARGV[i])
    redis.call('SADD', ACCOUNTS, account.name)
    local rate, burst, max, weight = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3]), ARGV[i + 4]
    if rate ~= account.rate or burst ~= account.burst or max ~= account.max or tonumber(weight) ~= account.weight then
        redis.call('HSET', account.key, 'rate', rate, 'burst', burst, 'max', max, 'weight', weight)
        if account.why == 'rate' or account.why == 'capped' then
            account_unpark(account)
        end
    end
end
accounts_store()
return #ARGV / 5
