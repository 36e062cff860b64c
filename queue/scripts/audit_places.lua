-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: where lanes are, for proving that each is in one place.
local problems = {}

local function problem(key, text)
    problems[#problems + 1] = key
    problems[#problems + 1] = text
end

-- How often a lane is among its account's ready ones. A list that many lanes look into is read once, unless it is long.
local ready_lanes = {}

local function times_ready(lane)
    local key = READY .. string.match(lane, '^[^/:]*')
    if redis.call('LLEN', key) > 10000 then
        return #redis.call('LPOS', key, lane, 'COUNT', 2)
    end
    if not ready_lanes[key] then
        local times = {}
        for _, each in ipairs(redis.call('LRANGE', key, 0, -1)) do
            times[each] = (times[each] or 0) + 1
        end
        ready_lanes[key] = times
    end
    return ready_lanes[key][lane] or 0
end

local function check_lane(key, lane)
    local ready, leased = times_ready(lane), redis.call('ZSCORE', LEASE, lane) and 1 or 0
    local parked = redis.call('ZSCORE', PARK, lane) and 1 or 0
    if ready + leased + parked ~= 1 then
        problem(key, 'lane must be in one of ready, leased, parked, and is in ' .. ready .. ', ' .. leased .. ', '
            .. parked)
    end
    if leased ~= redis.call('HEXISTS', OWN, lane) then
        problem(key, 'lane must have an owner exactly while it is leased')
    end
end
