-- SPDX-License-Identifier: Apache-2.0
-- Included after lanes.lua and seen.lua: forgets the deliveries whose window has passed, all buckets in an eighth of it.

-- Goes on where the last step has ended: at bucket `at` (which counts on, round after round) and the cursor in it. So
-- many buckets and deliveries are looked at in one step that Redis is not held up. One that is more than a round behind
-- goes on from where it is too. Returns whether there is more to look at now.
local function deliveries_forget(window)
    local buckets_most, deliveries_most = 256, 1000
    local target = math.floor(now / (window / 8) * SEEN_BUCKETS)
    local had = redis.call('HGET', COUNTS, 'sweep')
    local at, cursor = string.match(had or '', '^(%d+) (%d+)$')
    at = tonumber(at)
    if not at or at > target then
        at, cursor = target - SEEN_BUCKETS, '0'
    elseif at < target - SEEN_BUCKETS then
        at = target - SEEN_BUCKETS + (at - target) % SEEN_BUCKETS
    end
    local last = math.min(target, at + buckets_most)
    while at < last and deliveries_most > 0 do
        local key = SEEN .. string.format('%03x', at % SEEN_BUCKETS)
        local page = redis.call('HSCAN', key, cursor, 'COUNT', 200)
        local over = {}
        for i = 1, #page[2], 2 do
            if seen_is_over(page[2][i + 1], now / 1000, window) then
                over[#over + 1] = page[2][i]
            end
        end
        if #over > 0 then
            redis.call('HDEL', key, unpack(over))
        end
        deliveries_most = deliveries_most - #page[2] / 2
        cursor = page[1]
        at = cursor == '0' and at + 1 or at
    end
    local reached = string.format('%d ', at) .. cursor
    if reached ~= had then
        redis.call('HSET', COUNTS, 'sweep', reached)
    end
    return at < target
end
