-- SPDX-License-Identifier: Apache-2.0
-- Included after accounts.lua: an account's rate as GCRA. `tat` is the theoretical arrival time in ms: the bucket holds
-- `burst` tokens when tat <= now and none when tat = now + burst * gap. `factor` is what 429s have taught: the rate in
-- force is rate * factor; it grows by 0.05 each second after `slowed`, up to 1. A rate of 0 is no limit.

-- Milliseconds between two requests at the rate in force.
local function rate_gap(account, now)
    local factor = account.factor + 0.05 * math.max(0, now - account.slowed) / 1000
    return 1000 / (account.rate * math.min(1, factor))
end

-- Whole tokens in the bucket; negative when it is in debt.
local function rate_tokens(account, now)
    if account.rate == 0 then
        return math.huge
    end
    local gap = rate_gap(account, now)
    return math.floor((account.burst * gap - math.max(0, account.tat - now)) / gap + 1e-6)
end

local function rate_take(account, now, count)
    if account.rate > 0 then
        account.tat = math.max(account.tat, now) + count * rate_gap(account, now)
        account.rated = true
    end
end

-- When the bucket holds its next token.
local function rate_next(account, now)
    return account.tat - (account.burst - 1) * rate_gap(account, now)
end

-- A 429: the account rests for delay ms and goes at half its rate from then on (once a rest, not below 1/64), with an
-- empty bucket, so that the end of the rest is no new burst. A pause or suspension stays what it is.
local function rate_limited(account, now, delay)
    local rest = now + delay
    local resting = account.why == 'limited' and tonumber(redis.call('ZSCORE', APARK, account.name)) or 0
    if resting > now then
        rest = math.max(rest, resting)
    else
        local factor = math.min(1, account.factor + 0.05 * math.max(0, now - account.slowed) / 1000)
        account.factor = math.max(1 / 64, factor / 2)
    end
    account.slowed = rest
    account.rated = true
    if account.rate > 0 then
        account.tat = math.max(account.tat, rest + (account.burst - 1) * rate_gap(account, now))
    end
    if account.why ~= 'paused' and account.why ~= 'suspended' then
        account_park(account, 'limited', rest)
    end
end
