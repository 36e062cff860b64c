#!lua flags=allow-oom
-- SPDX-License-Identifier: Apache-2.0
-- Settles what a worker has run and claims what it runs next.
-- KEYS  the shard's tag
-- ARGV  worker, lease ms, claims wanted, bytes of records at most, done events to keep, events this worker runs at a
--       time (0: leave no room), settlements, then 8 for each settlement: lane, token, event id,
--       outcome, delay ms, reason, progress, trace; then the number of shards. When the queue has another one, the result
--       is that number, and nothing is done.
-- Result: {ms until something parked is due or -1, 1 when lanes stay ready else 0, {indexes of refused settlements},
--         {claims, 5 values each: lane, id, owner as OWNER has it, record, progress}}
-- Keeps: only the owner of a lane, by token, moves it out of its lease; a claim moves it from ready into one. Accounts
-- take turns of `quantum` * weight lanes, within their rate and in-flight limit, and leave room for those who come.
-- May run when memory is short: it frees.
--@include keys.lua
--@include ring.lua
--@include accounts.lua
--@include rate.lua
--@include lanes.lua
local worker, lease_ms, want = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local max_bytes, done_keep, slots = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local settlements, first = tonumber(ARGV[7]), 8 -- of the settlements' values in ARGV
local shards = redis.call('HGET', COUNTS, 'shards')
if shards and shards ~= ARGV[#ARGV] then
    return tonumber(shards)
end
local quantum, wake_most, timeline_most = 4, 100, 100
local behind_id = ' ' .. worker -- of an owner, as OWNER has it

-- The fields of a settlement behind its index in ARGV.
local OUTCOME, DELAY, REASON, PROGRESS, TRACE = 3, 4, 5, 6, 7

-- Keeps the trace of a run, and of many the last ones.
local function trace_keep(at, owner)
    local trace = ARGV[at + TRACE]
    if trace ~= '' and redis.call('RPUSH', TIMELINE .. owner.id, trace) > timeline_most then
        redis.call('LTRIM', TIMELINE .. owner.id, -timeline_most, -1)
    end
end

-- What first runs leave, as states.lua has it: keys and values by turns, as MSET takes them.
local finishes = {}

local function finish(at, owner)
    local n = #finishes
    finishes[n + 1], finishes[n + 2] = FINISH .. owner.id, ARGV[at + PROGRESS] .. '\0' .. ARGV[at + TRACE]
end

-- What each outcome does with an event and its lane, which has just left its lease. at: the settlement's index.
local outcomes = {}

function outcomes.done(at, owner, account)
    if owner.is_first then
        finish(at, owner)
    else
        redis.call('HSET', STATE .. owner.id, 'state', 'done', 'settled', now_text,
            'attempts', string.format('%d', owner.attempts + 1), 'progress', ARGV[at + PROGRESS])
        redis.call('HDEL', STATE .. owner.id, 'reason', 'due')
    end
    event_leave(account, owner, 'done')
    --@crash mid-settle-script
    lane_advance(ARGV[at])
end

function outcomes.dead(at, owner, account)
    redis.call('HSET', STATE .. owner.id, 'state', 'dead', 'settled', now_text, 'attempts', owner.attempts + 1,
        'progress', ARGV[at + PROGRESS], 'reason', ARGV[at + REASON])
    event_leave(account, owner, 'dead')
    --@crash mid-bury
    lane_advance(ARGV[at])
end

local function park(at, owner, attempts)
    local due = now + tonumber(ARGV[at + DELAY])
    redis.call('HSET', STATE .. owner.id, 'state', 'retry', 'due', due, 'attempts', attempts,
        'progress', ARGV[at + PROGRESS], 'reason', ARGV[at + REASON])
    --@crash mid-retry-script
    redis.call('ZADD', PARK, due, ARGV[at])
end

function outcomes.retry(at, owner)
    park(at, owner, owner.attempts + 1)
end

function outcomes.postpone(at, owner)
    park(at, owner, owner.attempts)
end

function outcomes.give_back(at, owner, account)
    redis.call('HSET', STATE .. owner.id, 'progress', ARGV[at + PROGRESS])
    lanes_push(account, 'LPUSH', {ARGV[at]})
end

function outcomes.limited(at, owner, account)
    outcomes.give_back(at, owner, account)
    rate_limited(account, now, tonumber(ARGV[at + DELAY]))
end

function outcomes.suspended(at, owner, account)
    outcomes.give_back(at, owner, account)
    if account.why == 'paused' then -- an operator's hand is not to be undone by a key that works again
        return
    end
    account_park(account, 'suspended', '+inf')
    redis.call('HSET', account.key, 'reason', ARGV[at + REASON])
end

local function settle(at, owner)
    local account = lane_account(ARGV[at])
    account_landed(account)
    suspect_clear(owner)
    local outcome = ARGV[at + OUTCOME]
    -- A run that was postponed or buried may have ended before it could write down what is in doubt.
    if owner.cut == '1' and outcome ~= 'postpone' and outcome ~= 'dead' then
        redis.call('HDEL', STATE .. owner.id, 'cut')
    end
    if outcome ~= 'done' or not owner.is_first then
        trace_keep(at, owner)
    end
    outcomes[outcome](at, owner, account)
end

-- Says of each whether its event was never settled or cut short before.
local function note_first_runs(owners)
    local states = {}
    for i, owner in ipairs(owners) do
        states[i] = STATE .. owner.id
    end
    local exists = exist(states)
    for i, owner in ipairs(owners) do
        owner.is_first = not exists[i]
    end
end

-- The owner of a leased lane, as owner_parse has it, if it is this run of this worker's. What it must be is compared, and
-- only the numbers are read: the whole pattern costs as much as three commands.
local function owner_if(text, token, id)
    local behind = id .. behind_id
    if not text or string.sub(text, -#behind) ~= behind then
        return nil
    end
    local had, size, attempts, crashes, cut, at = string.match(text, '^(%d+) (%d+) (%d+) (%d+) ([01]) ()')
    if had ~= token or at + #behind ~= #text + 1 then
        return nil
    end
    return {token = had, size = tonumber(size), attempts = tonumber(attempts), crashes = tonumber(crashes), cut = cut,
            id = id, worker = worker}
end

local function settle_all()
    local lanes, refused, landed = {}, {}, {}
    for i = 1, settlements do
        lanes[i] = ARGV[first + (i - 1) * 8]
    end
    local owners = redis.call('HMGET', OWN, unpack(lanes))
    local accepted, taken = {}, {}
    for i, lane in ipairs(lanes) do
        local at = first + (i - 1) * 8
        local owner = owner_if(owners[i], ARGV[at + 1], ARGV[at + 2])
        if owner and not taken[lane] then
            taken[lane] = true
            landed[#landed + 1] = lane
            accepted[#landed] = owner
            owner.at = at
        else
            refused[#refused + 1] = i - 1
        end
    end
    if #landed > 0 then
        redis.call('HDEL', OWN, unpack(landed))
        redis.call('ZREM', LEASE, unpack(landed))
    end
    note_first_runs(accepted)
    for _, owner in ipairs(accepted) do
        settle(owner.at, owner)
    end
    if #finishes > 0 then
        redis.call('MSET', unpack(finishes))
    end
    lanes_flush()
    return refused
end

local claims, owns, leases, claimed_bytes, token = {}, {}, {}, 0, nil
local expiry_text = string.format('%d', now + lease_ms)

-- A suspect waits while this worker runs another one. True when it may not run now; its lane is parked then.
local function suspect_waits(lane, crashes)
    if crashes == '0' or redis.call('HSETNX', SUSPECT, worker, lane) == 1 then
        return false
    end
    redis.call('ZADD', PARK, now + 250, lane)
    return true
end

-- Claims the head of a lane just taken from the ready ones; has_state: it was settled or cut short before. False when
-- it may not run now.
local function claim(lane, id, record, has_state)
    local s = has_state and redis.call('HMGET', STATE .. id, 'attempts', 'crashes', 'cut', 'progress') or {}
    local attempts, crashes, cut = s[1] or '0', s[2] or '0', s[3] and '1' or '0'
    if suspect_waits(lane, crashes) then
        return false
    end
    token = (token or redis.call('HINCRBY', COUNTS, 'token', want) - want) + 1
    local numbers = string.format('%d %d ', token, #record)
    local owner = numbers .. attempts .. ' ' .. crashes .. ' ' .. cut .. ' ' .. id .. behind_id
    local n, m = #owns, #claims
    owns[n + 1], owns[n + 2] = lane, owner
    leases[n + 1], leases[n + 2] = expiry_text, lane
    claims[m + 1], claims[m + 2], claims[m + 3], claims[m + 4], claims[m + 5] = lane, id, owner, record, s[4] or ''
    claimed_bytes = claimed_bytes + #record
    return true
end

-- A lane's head has no record: nothing here removes one, so somebody's hand did. The lane goes on.
local function skip(lane, account)
    account.waiting = account.waiting - 1
    counted.events = counted.events - 1
    lane_advance(lane)
    lanes_flush()
end

-- What all workers have free. The last of it, `reserve`, is for accounts with less than `little` in flight: so who comes
-- finds room at once, however many events of others run and for how long.
local free, reserve, little, look_most = math.huge, 0, 0, 32

local function count_free()
    local all = slots * redis.call('ZCOUNT', WORKERS, now - lease_ms, '+inf')
    if all >= 32 then
        reserve, little = math.floor(all / 8), math.floor(all / 32)
        free = all - redis.call('ZCARD', LEASE)
    end
end

-- How many lanes more the account may have of what is free.
local function room_for(account)
    return math.max(free - reserve, little - account.in_flight)
end

-- The first account of the ring that may have of the reserve, or nil. What is further behind waits for its turn.
local function small_account()
    for _, name in ipairs(redis.call('LRANGE', RING, 0, look_most - 1)) do
        local known = accounts[name]
        local in_flight = known and known.in_flight or tonumber(redis.call('HGET', ACCOUNT .. name, 'in_flight') or 0)
        if in_flight < little then
            return name
        end
    end
end

-- Takes the account whose turn it is out of the ring; nil when there is none, or no room for those there are.
local function next_account()
    local name = redis.call('LPOP', RING)
    if not name or room_for(account_named(name)) > 0 then
        return name and account_named(name)
    end
    redis.call('LPUSH', RING, name)
    name = small_account()
    if name then
        redis.call('LREM', RING, 1, name)
    end
    return name and account_named(name)
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

-- A part of one account's turn, small enough for the bound on bytes; it is out of the ring. Returns how many events
-- were claimed.
local function visit(account, most)
    if account.left <= 0 then
        account.left = quantum * account.weight
    end
    local take = allowance(account, math.min(most, quantum, account.left, room_for(account)))
    if take == 0 then
        return 0
    end
    local got, ids, keys, states = 0, {}, {}, {}
    local lanes = redis.call('LPOP', READY .. account.name, take) or {}
    if #lanes == 0 then -- an account in the ring for nothing: the audit would have said so
        return 0
    end
    for i, lane in ipairs(lanes) do
        ids[i] = lane_head(lane) or ''
        keys[i], states[i] = EVENT .. ids[i], STATE .. ids[i]
    end
    local records, has_state = redis.call('MGET', unpack(keys)), exist(states)
    for i, lane in ipairs(lanes) do
        if not records[i] then
            skip(lane, account)
        elseif claim(lane, ids[i], records[i], has_state[i]) then
            got = got + 1
        end
    end
    account.left = account.left - #lanes
    account.in_flight = account.in_flight + got
    free = free - got
    rate_take(account, now, got)
    return got
end

local function claim_all()
    local got, visits = 0, 0
    while got < want and visits < want + wake_most and claimed_bytes < max_bytes do
        local account = next_account()
        if not account then
            break
        end
        visits = visits + 1
        account.out = true
        got = got + visit(account, want - got)
        account.out = false
        if account.why == '' and redis.call('EXISTS', READY .. account.name) == 1 and allowance(account, 1) > 0 then
            redis.call(account.left > 0 and 'LPUSH' or 'RPUSH', RING, account.name)
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
redis.call('ZADD', WORKERS, now_text, worker)
if want > 0 then
    if slots > 0 then
        count_free()
    end
    claim_all()
end
store()
if settlements > 0 then
    done_trim(done_keep, now, math.min(2 * settlements, 1000)) -- more keys than unpack can take are in 2000 events
end
-- Who waits for room is claimed when something is settled, which is an exchange too: nobody need look before.
local has_more = redis.call('EXISTS', RING)
if has_more == 1 and free <= reserve and not small_account() then
    has_more = 0
end
if has_more == 1 then
    wake()
else
    redis.call('DEL', WAKE)
end
return {next_due({PARK, APARK}), has_more, refused, claims}
