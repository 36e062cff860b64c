-- SPDX-License-Identifier: Apache-2.0
-- Included after ring.lua: accounts, read once in a run and written once at its end.
-- Invariant: an account with ready lanes is in exactly one of ring and apark; `why` is set just while it is in apark.
--   why: rate (bucket empty), capped (at its in-flight limit), limited (a 429's rest), paused, suspended
--   left: lanes it may still take of its turn
local accounts = {}

local function account_named(name)
    local account = accounts[name]
    if not account then
        local f, pairs_of = {}, redis.call('HGETALL', ACCOUNT .. name) -- looks once at each field, HMGET once for each
        for i = 1, #pairs_of, 2 do
            f[pairs_of[i]] = pairs_of[i + 1]
        end
        account = {
            name = name, key = ACCOUNT .. name, is_new = not f.why, why = f.why or '',
            in_flight = tonumber(f.in_flight or 0), waiting = tonumber(f.waiting or 0),
            done = tonumber(f.done or 0), dead = tonumber(f.dead or 0),
            tat = tonumber(f.tat or 0), factor = tonumber(f.factor or 1), slowed = tonumber(f.slowed or 0),
            rate = tonumber(f.rate or 0), burst = tonumber(f.burst or 1), max = tonumber(f.max or 0),
            weight = tonumber(f.weight or 1), left = tonumber(f.left or 0),
        }
        account.read = {why = account.why, in_flight = account.in_flight, waiting = account.waiting, done = account.done,
                        dead = account.dead, left = account.left}
        accounts[name] = account
    end
    return account
end

-- Writes what has changed; of one that is new, also that it may run.
local function accounts_store()
    for _, account in pairs(accounts) do
        local changed, n = {}, 0
        for field, had in pairs(account.read) do
            local value = account[field]
            if value ~= had or account.is_new then
                changed[n + 1], changed[n + 2] = field, field == 'why' and value or string.format('%d', value)
                n = n + 2
            end
        end
        if account.rated then
            changed[n + 1], changed[n + 2], changed[n + 3] = 'tat', account.tat, 'factor'
            changed[n + 4], changed[n + 5], changed[n + 6] = account.factor, 'slowed', account.slowed
            n = n + 6
        end
        if n > 0 then
            redis.call('HSET', account.key, unpack(changed, 1, n))
        end
    end
end

-- Puts an account that is neither in the ring nor parked into the ring: in front to go on with its turn, or at the end
-- to wait for the next one. So one with few lanes, which is out of the ring while they run, gets its whole turn too.
local function account_join(account)
    ring_add(account.name, account.left > 0 and 'LPUSH' or 'RPUSH')
end

-- Takes an account out of the ring until due (a number of ms, or '+inf': until something brings it back).
local function account_park(account, why, due)
    if account.why == '' then
        redis.call('LREM', RING, 0, account.name)
    end
    account.why = why
    redis.call('ZADD', APARK, due, account.name)
end

-- Ends an account's parking.
local function account_unpark(account)
    account.why = ''
    redis.call('ZREM', APARK, account.name)
    if redis.call('EXISTS', READY .. account.name) == 1 then
        account_join(account)
    end
end

-- One of the account's lanes is no longer leased.
local function account_landed(account)
    account.in_flight = account.in_flight - 1
    if account.why == 'capped' then
        account_unpark(account)
    end
end

-- Lets accounts whose parking has ended back into the ring, at most `most`.
local function accounts_wake(now, most)
    local due = redis.call('ZRANGE', APARK, '-inf', now, 'BYSCORE', 'LIMIT', 0, most)
    for _, name in ipairs(due) do
        account_unpark(account_named(name))
    end
    return #due
end
