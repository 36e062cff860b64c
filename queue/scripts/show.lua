#!lua flags=no-writes
-- SPDX-License-Identifier: Apache-2.0
-- One event with its timeline.
-- KEYS  the shard's tag
-- ARGV  event id
-- Result: {row of 8 values, see rows.lua; empty when there is no such event, {traces}}
-- Keeps: writes nothing.
--@include keys.lua
--@include states.lua
--@include rows.lua
local row = {}
row_add(row, ARGV[1], ids_flying(), redis.call('STRLEN', EVENT .. ARGV[1]))
local traces = redis.call('LRANGE', TIMELINE .. ARGV[1], 0, -1)
local _, trace = finish_read(ARGV[1])
if trace and trace ~= '' then
    traces[#traces + 1] = trace
end
return {row, traces}
