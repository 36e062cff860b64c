-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: where lanes and events are, for proving that each is in one place.
local problems, open = {}, {}
local search_most = 2000 -- members of a list that is searched within a page, as each of its lanes and events asks for it

-- 3 values: key, what is wrong, and which lane, event, account or worker it is about where the key does not say so.
local function problem(key, text, subject)
    local n = #problems
    problems[n + 1], problems[n + 2], problems[n + 3] = key, text, subject or ''
end

-- How often member is in a list, 2 standing for more; nil when that would take too long, and may.
local function times_in(list, member, is_exact)
    if not is_exact and redis.call('LLEN', list) > search_most then
        return nil
    end
    return #redis.call('LPOS', list, member, 'COUNT', 2)
end

-- 4 values of what could not be proved here: key, lane, event ("" for the lane itself), in how many other places it is.
local function leave_open(key, lane, id, elsewhere)
    local n = #open
    open[n + 1], open[n + 2], open[n + 3], open[n + 4] = key, lane, id, elsewhere
end

local function check_lane(key, lane, is_exact)
    local leased, parked = redis.call('ZSCORE', LEASE, lane) and 1 or 0, redis.call('ZSCORE', PARK, lane) and 1 or 0
    local ready = times_in(READY .. string.match(lane, '^[^/:]*'), lane, is_exact)
    if not ready then
        leave_open(key, lane, '', leased + parked)
    elseif ready + leased + parked ~= 1 then
        problem(key, 'lane must be in one of ready, leased, parked, and is in ' .. ready .. ', ' .. leased .. ', '
            .. parked, lane)
    end
    if leased ~= redis.call('HEXISTS', OWN, lane) then
        problem(key, 'lane must have an owner exactly while it is leased', lane)
    end
end

local function check_event(key, lane, id, is_exact)
    local times = times_in(LANE .. lane, id, is_exact)
    if not times then
        leave_open(key, lane, id, 0)
    elseif times == 0 then
        problem(key, 'event is not settled, and not in its lane', lane)
    elseif times > 1 then
        problem(LANE .. lane, 'event is in the lane twice: ' .. id, id)
    end
end
