-- SPDX-License-Identifier: Apache-2.0
-- Included first by every script: the names of all keys of a shard. queue/keys.h holds the same for C.
-- KEYS[1] is the shard's hash tag, "{q0}:"; no other key is passed, all are derived from it, so a shard is one slot.
local K = KEYS[1]
local RING, WAKE, LEASE, OWN = K .. 'ring', K .. 'wake', K .. 'lease', K .. 'own'
local PARK, APARK, DEAD, DONE = K .. 'park', K .. 'apark', K .. 'dead', K .. 'done'
local COUNTS, WORKERS, ACCOUNTS, SUSPECT = K .. 'n', K .. 'w', K .. 'accounts', K .. 'suspect'
local EVENT, STATE, TIMELINE, FINISH, SEEN = K .. 'e:', K .. 's:', K .. 't:', K .. 'f:', K .. 'd:'
local LANE, READY, ACCOUNT = K .. 'l:', K .. 'r:', K .. 'a:'
-- What `own` holds of a lane in flight: token, bytes of the record, attempts, crashes, whether a run was cut short, the
-- event's id, the worker (which may have blanks in it).
local OWNER = '^(%d+) (%d+) (%d+) (%d+) ([01]) (%S+) (.+)$'

-- A lane's account and, of an event without an order key, its id: a lane is named "<account>/<order key>" or
-- "<account>:<id>", and neither accounts nor ids have a slash in them. A pattern would cost as much as a command.
local function lane_split(lane)
    local slash = string.find(lane, '/', 1, true)
    if slash then
        return string.sub(lane, 1, slash - 1)
    end
    local colon = string.find(lane, ':', 1, true) or 0
    return string.sub(lane, 1, colon - 1), string.sub(lane, colon + 1)
end

-- The id of a lane's first event; false when it has none.
local function lane_head(lane)
    local _, id = lane_split(lane)
    return id or redis.call('LINDEX', LANE .. lane, 0)
end
