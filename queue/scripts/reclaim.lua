-- SPDX-License-Identifier: Apache-2.0
-- Included after lanes.lua: takes a leased lane back from a worker that will not settle it.

-- counts: the worker was lost while it ran the event (false: the event never reached it). A lost run leaves `cut`:
-- what it sent is unknown until a run is settled. After max_crashes such runs the event is poison, and dead.
-- Returns whether it was buried.
local function lane_reclaim(lane, owner, max_crashes, counts)
    local account = lane_account(lane)
    redis.call('HDEL', OWN, lane)
    redis.call('ZREM', LEASE, lane)
    suspect_clear(owner)
    account_landed(account)
    if not counts then
        lanes_push(account, 'LPUSH', {lane})
        return false
    end
    local crashes = redis.call('HINCRBY', STATE .. owner.id, 'crashes', 1)
    redis.call('HSET', STATE .. owner.id, 'cut', 1)
    --@crash mid-reclaim
    if crashes < max_crashes then
        lane_ready(lane, account)
        return false
    end
    redis.call('HSET', STATE .. owner.id, 'state', 'dead', 'settled', now_text, 'reason',
        'poison: ' .. crashes .. ' workers were lost while running it, the last was ' .. owner.worker)
    event_leave(account, owner, 'dead')
    --@crash mid-bury
    lane_advance(lane)
    return true
end
