#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Writes down how fast accounts may go.
-- KEYS  the shard's tag
-- ARGV  4 for each account: name, requests a second (0: no limit), burst, events in flight (0: no limit)
-- Result: how many
-- Keeps: an account that waits for a limit that has changed is looked at again.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
for i = 1, #ARGV, 4 do
    local account = account_named(ARGV[i])
    local rate, burst, max = tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
    if rate ~= account.rate or burst ~= account.burst or max ~= account.max then
        redis.call('HSET', account.key, 'rate', rate, 'burst', burst, 'max', max)
        redis.call('SADD', ACCOUNTS, account.name)
        if account.why == 'rate' or account.why == 'capped' then
            account_unpark(account)
        end
    end
end
accounts_store()
return #ARGV / 4
