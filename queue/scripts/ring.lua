-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: the ring of accounts, and the list that idle workers block on.

-- Tells one idle worker to look. A worker that finds more than it can take tells the next one, so few tokens do.
local function wake()
    if redis.call('RPUSH', WAKE, '1') > 4 then
        redis.call('LTRIM', WAKE, 0, 3)
    end
end

-- Puts an account that is neither in the ring nor parked into the ring: at its end ('RPUSH') or in front ('LPUSH'). The
-- others there may be waiting for room that is kept for this one, so somebody is to look.
local function ring_add(name, push)
    redis.call(push, RING, name)
    wake()
end
