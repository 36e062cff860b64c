#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Settles what a worker has run and claims what it runs next.
-- KEYS  the shard's tag
-- ARGV  worker, lease ms, claims wanted, bytes of records at most, done events to keep, settlements, then 8 for each
--       settlement: lane, token, event id, outcome, delay ms, reason, progress, trace
-- Result: {ms until something parked is due or -1, 1 when lanes stay ready else 0, {indexes of refused settlements},
--         {claims, 8 values each: lane, token, id, record, attempts, crashes, 1 when interrupted else 0, progress}}
-- Keeps: only the owner of a lane, by token, moves it out of its lease; a claim moves it from ready into one. Accounts
-- take turns, `quantum` lanes each, within their rate and in-flight limit. May run when memory is short: it frees.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
--@include rate.lua
--@include lanes.lua
local worker, lease_ms, want = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local max_bytes, done_keep, settlements = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local quantum, wake_most, timeline_most = 4, 100, 100

-- What each outcome does with the event and its lane, which has just left its lease. s: the settlement.
local outcomes = {}

function outcomes.done(s, owner, account)
    redis.call('HSET', STATE .. owner.id, 'state', 'done', 'settled', now, 'attempts', owner.attempts + 1,
        'progress', s.progress)
    if owner.attempts > 0 then
        redis.call('HDEL', STATE .. owner.id, 'reason', 'due')
    end
    event_leave(account, owner, 'done')
    lane_advance(s.lane, account)
end

function outcomes.dead(s, owner, account)
    redis.call('HSET', STATE .. owner.id, 'state', 'dead', 'settled', now, 'attempts', owner.attempts + 1,
        'progress', s.progress, 'reason', s.reason)
    event_leave(account, owner, 'dead')
    lane_advance(s.lane, account)
end

local function park(s, owner, attempts)
    redis.call('HSET', STATE .. owner.id, 'state', 'retry', 'due', now + s.delay, 'attempts', attempts,
        'progress', s.progress, 'reason', s.reason)
    redis.call('ZADD', PARK, now + s.delay, s.lane)
end

function outcomes.retry(s, owner)
    park(s, owner, owner.attempts + 1)
end

function outcomes.postpone(s, owner)
    park(s, owner, owner.attempts)
end

function outcomes.give_back(s, owner, account)
    redis.call('HSET', STATE .. owner.id, 'progress', s.progress)
    lane_ready(s.lane, account, 'LPUSH')
end

function outcomes.limited(s, owner, account)
    outcomes.give_back(s, owner, account)
    rate_limited(account, now, s.delay)
end

function outcomes.suspended(s, owner, account)
    outcomes.give_back(s, owner, account)
    account_park(account, 'suspended', '+inf')
    redis.call('HSET', account.key, 'reason', s.reason)
end

local function settle(s, owner)
    local account = lane_account(s.lane)
    account_landed(account)
    suspect_clear(owner)
    if owner.cut == '1' then
        redis.call('HDEL', STATE .. owner.id, 'cut')
    end
    if s.trace ~= '' and redis.call('RPUSH', TIMELINE .. owner.id, s.trace) > timeline_most then
        redis.call('LTRIM', TIMELINE .. owner.id, -timeline_most, -1)
    end
    outcomes[s.outcome](s, owner, account)
end

local function settle_all()
    local lanes, refused, left = {}, {}, {}
    for i = 1, settlements do
        lanes[i] = ARGV[7 + (i - 1) * 8]
    end
    local owners = redis.call('HMGET', OWN, unpack(lanes))
    local accepted, taken = {}, {}
    for i = 1, settlements do
        local at = 7 + (i - 1) * 8
        local owner = owner_parse(owners[i])
        if owner.token == ARGV[at + 1] and owner.id == ARGV[at + 2] and not taken[lanes[i]] then
            taken[lanes[i]] = true
            left[#left + 1] = lanes[i]
            accepted[#accepted + 1] = {at = at, owner = owner}
        else
            refused[#refused + 1] = i - 1
        end
    end
    if #left > 0 then
        redis.call('HDEL', OWN, unpack(left))
        redis.call('ZREM', LEASE, unpack(left))
    end
    for _, a in ipairs(accepted) do
        local at = a.at
        settle({lane = ARGV[at], outcome = ARGV[at + 3], delay = tonumber(ARGV[at + 4]), reason = ARGV[at + 5],
                progress = ARGV[at + 6], trace = ARGV[at + 7]}, a.owner)
    end
    if #left > 0 then
        done_trim(done_keep, now, 2 * #left)
    end
    return refused
end

local claims, owns, leases, claimed_bytes, token = {}, {}, {}, 0, nil

-- A suspect waits while this worker runs another one. True when it may not run now; its lane is parked then.
local function suspect_waits(lane, crashes)
    if crashes == 0 or redis.call('HSETNX', SUSPECT, worker, lane) == 1 then
        return false
    end
    redis.call('ZADD', PARK, now + 250, lane)
    return true
end

-- Claims the head of a lane just taken from the ready ones. False when there was nothing to run.
local function claim(lane, account)
    local id = lane_head(lane)
    local record = id and redis.call('GET', EVENT .. id)
    if not record then -- nothing here removes one: somebody's hand did
        account.waiting = account.waiting - 1
        counted.events = counted.events - 1
        lane_advance(lane, account)
        return false
    end
    local s = redis.call('HMGET', STATE .. id, 'attempts', 'crashes', 'cut', 'progress')
    local attempts, crashes, cut = tonumber(s[1] or 0), tonumber(s[2] or 0), s[3] and 1 or 0
    if suspect_waits(lane, crashes) then
        return false
    end
    token = (token or redis.call('HINCRBY', COUNTS, 'token', want) - want) + 1
    owns[#owns + 1] = lane
    owns[#owns + 1] = owner_format({token = token, size = #record, attempts = attempts, crashes = crashes, cut = cut,
                                    id = id, worker = worker})
    leases[#leases + 1] = now + lease_ms
    leases[#leases + 1] = lane
    local n = #claims
    claims[n + 1], claims[n + 2], claims[n + 3], claims[n + 4] = lane, token, id, record
    claims[n + 5], claims[n + 6], claims[n + 7], claims[n + 8] = attempts, crashes, cut, s[4] or ''
    claimed_bytes = claimed_bytes + #record
    return true
end

-- How many lanes the account may have now, at most `most`. 0 after parking it, which is out of the ring already.
local function allowance(account, most)
    local room = account.max > 0 and account.max - account.in_flight or most
    if room <= 0 then
        account.why = 'capped'
        redis.call('ZADD', APARK, '+inf', account.name)
        return 0
    end
    local tokens = rate_tokens(account, now)
    if tokens < 1 then
        account.why = 'rate'
        redis.call('ZADD', APARK, rate_next(account, now), account.name)
        return 0
    end
    return math.min(most, room, tokens)
end

-- One account's turn; it is out of the ring. Returns how many events were claimed.
local function visit(account, most)
    local take = allowance(account, math.min(most, quantum))
    if take == 0 then
        return 0
    end
    local got = 0
    for _, lane in ipairs(redis.call('LPOP', READY .. account.name, take) or {}) do
        if claim(lane, account) then
            got = got + 1
        end
    end
    account.in_flight = account.in_flight + got
    rate_take(account, now, got)
    return got
end

local function claim_all()
    local got, visits = 0, 0
    while got < want and visits < want + wake_most and claimed_bytes < max_bytes do
        local name = redis.call('LPOP', RING)
        if not name then
            break
        end
        visits = visits + 1
        local account = account_named(name)
        account.out = true
        got = got + visit(account, want - got)
        account.out = false
        if account.why == '' and redis.call('EXISTS', READY .. name) == 1 and allowance(account, 1) > 0 then
            redis.call('RPUSH', RING, name)
        end
    end
    if got > 0 then
        redis.call('HSET', OWN, unpack(owns))
        redis.call('ZADD', LEASE, unpack(leases))
    end
end

local refused = settlements > 0 and settle_all() or {}
lanes_wake(wake_most)
accounts_wake(now, wake_most)
if want > 0 then
    claim_all()
end
redis.call('ZADD', WORKERS, now, worker)
store()
local has_more = redis.call('EXISTS', RING)
if has_more == 1 then
    wake()
else
    redis.call('DEL', WAKE)
end
return {next_due({PARK, APARK}), has_more, refused, claims}
