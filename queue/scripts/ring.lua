-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: the ring of accounts, and the list that idle workers block on.

-- Tells one idle worker to look. A worker that finds more than it can take tells the next one, so few tokens do.
local function wake()
    if redis.call('RPUSH', WAKE, '1') > 4 then
        redis.call('LTRIM', WAKE, 0, 3)
    end
end

-- Puts an account that is neither in the ring nor parked at the ring's end.
local function ring_add(name)
    if redis.call('RPUSH', RING, name) == 1 then
        wake()
    end
end
