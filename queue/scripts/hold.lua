#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- An operator's hand on an account.
-- KEYS  the shard's tag
-- ARGV  account, "pause", "resume", or "resume_suspended" (which leaves a pause alone), reason
-- Result: 1
-- Keeps: an account with ready lanes is in exactly one of ring and apark. Claims in flight go on.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
local account = account_named(ARGV[1])

if ARGV[2] == 'pause' then
    account_park(account, 'paused', '+inf')
    redis.call('HSET', account.key, 'reason', ARGV[3])
elseif account.why == 'suspended' or (account.why ~= '' and ARGV[2] == 'resume') then
    account_unpark(account)
    redis.call('HDEL', account.key, 'reason')
end
accounts_store()
redis.call('SADD', ACCOUNTS, account.name)
return 1
