#!lua flags=no-writes
-- SPDX-License-Identifier: Apache-2.0
-- One page of events, to be called again with the cursor until it is "0".
-- KEYS  the shard's tag
-- ARGV  where to look ("dead", "done", "in_flight", "retrying"; "all" walks every key), cursor, bytes of each record
-- Result: {next cursor, {rows of 8 values, see rows.lua}}
-- Keeps: writes nothing.
--@include keys.lua
--@include rows.lua
local where, cursor, size = ARGV[1], ARGV[2], tonumber(ARGV[3])
local page_size = 100
local rows = {}

-- A page of a sorted set, the highest scores first for settled events, the next due first for parked lanes.
local function walk_sorted(key, reverse)
    local from = tonumber(cursor)
    local members
    if reverse then
        members = redis.call('ZRANGE', key, from, from + page_size - 1, 'REV')
    else
        members = redis.call('ZRANGE', key, from, from + page_size - 1)
    end
    for i, member in ipairs(members) do
        if key == PARK then
            members[i] = lane_head(member)
        end
    end
    return #members == page_size and tostring(from + page_size) or '0', members
end

local function walk_all()
    local page = redis.call('SCAN', cursor, 'MATCH', EVENT .. '*', 'COUNT', page_size)
    local ids = {}
    for i, key in ipairs(page[2]) do
        ids[i] = string.sub(key, #EVENT + 1)
    end
    return page[1], ids
end

local function walk_flying()
    local page = redis.call('HSCAN', OWN, cursor, 'COUNT', page_size)
    local ids = {}
    for i = 2, #page[2], 2 do
        ids[#ids + 1] = select(6, string.match(page[2][i], OWNER))
    end
    return page[1], ids
end

local next_cursor, ids
if where == 'dead' or where == 'done' then
    next_cursor, ids = walk_sorted(where == 'dead' and DEAD or DONE, true)
elseif where == 'retrying' then
    next_cursor, ids = walk_sorted(PARK, false)
elseif where == 'in_flight' then
    next_cursor, ids = walk_flying()
else
    next_cursor, ids = walk_all()
end
local flying = ids_flying()
for _, id in ipairs(ids) do
    row_add(rows, id, flying, size)
end
return {next_cursor, rows}
