#!lua flags=no-writes
-- SPDX-License-Identifier: Apache-2.0
-- Proves that unsettled events are in their lanes.
-- KEYS  the shard's tag
-- ARGV  2 for each event: id, its lane
-- Result: {2 values for each problem: key, what is wrong}
-- Keeps: writes nothing. Looks again, in one step, at what may have been settled since it was seen.
--@include keys.lua
--@include audit_places.lua
for i = 1, #ARGV, 2 do
    local id, lane = ARGV[i], ARGV[i + 1]
    local state = redis.call('HGET', STATE .. id, 'state')
    if redis.call('EXISTS', EVENT .. id) == 1 and state ~= 'done' and state ~= 'dead' then
        if string.find(lane, '^[^/:]+:') then
            check_lane(EVENT .. id, lane)
        elseif not redis.call('LPOS', LANE .. lane, id) then
            problem(EVENT .. id, 'event is not settled, and not in its lane')
        end
    end
end
return problems
