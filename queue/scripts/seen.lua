-- SPDX-License-Identifier: Apache-2.0
-- Included after keys.lua: remembered deliveries. They are in 4096 hashes by their digest, which is cheaper than a key for
-- each: digest -> when (4 bytes, seconds) and the event's packed id (16 bytes). Nothing of them expires by itself; who is
-- asked for after the window is new, and upkeep forgets bucket by bucket.
local SEEN_BUCKETS, SEEN_FIELD, SEEN_VALUE = 4096, 10, 20

-- Whether the window has passed since a delivery was remembered: up to two seconds late, never early. What cannot be read
-- is over.
local function seen_is_over(value, seconds, window)
    return #value ~= SEEN_VALUE or (seconds - struct.unpack('>I4', value) - 1) * 1000 >= window
end
