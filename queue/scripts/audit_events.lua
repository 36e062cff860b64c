#!lua flags=no-writes
-- SPDX-License-Identifier: Apache-2.0
-- Proves that unsettled events are in their lanes, and lanes in one place.
-- KEYS  the shard's tag
-- ARGV  1 to search lists of any length, which is for one at a time; else 0; then 2 for each: event or "" when it is
--       about the lane itself, lane
-- Result: {{3 values for each problem}, {4 values of what could not be proved}}, both as audit_places.lua has them
-- Keeps: writes nothing. Looks again, in one step, at what may have been settled since it was seen.
--@include keys.lua
--@include states.lua
--@include audit_places.lua
local is_exact = ARGV[1] == '1'

for i = 2, #ARGV, 2 do
    local id, lane = ARGV[i], ARGV[i + 1]
    local lone = string.match(lane, '^[^/:]+:(.*)$')
    if lone then
        if is_unsettled(lone) then
            check_lane(EVENT .. lone, lane, is_exact)
        end
    elseif id == '' then
        if redis.call('EXISTS', LANE .. lane) == 1 then
            check_lane(LANE .. lane, lane, is_exact)
        end
    elseif is_unsettled(id) then
        check_event(EVENT .. id, lane, id, is_exact)
    end
end
return {problems, open}
