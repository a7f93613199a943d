/** What Redis does in one step, by its own clock: those of servers differ, and jump. */
export const quotaScripts = {
  /**
   * KEYS: the meters. ARGV: '1' if all must have enough; then of each meter its kind, limit, period or end (ms), and the amount.
   * Answers whether it was taken ('1'), the time (Unix ms), and what is left in each.
   */
  take: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local left, enough = {}, true
for i, key in ipairs(KEYS) do
  local at = 4 * i - 2
  local limit, amount = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 3])
  if ARGV[at] == 'bucket' then
    local kept = redis.call('HMGET', key, 'left', 'at')
    left[i] = limit
    if kept[1] then
      -- Redis' clock was set back: it refills from now on, not from when the clock will be there again.
      if tonumber(kept[2]) > now then redis.call('HSET', key, 'at', string.format('%.0f', now)) end
      left[i] = math.min(limit, tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) / tonumber(ARGV[at + 2]) * limit)
    end
  else
    left[i] = limit - tonumber(redis.call('GET', key) or '0')
  end
  -- Sums of fractions are not exact.
  left[i] = math.floor(left[i] * 1000000 + 0.5) / 1000000
  if left[i] <= 0 or left[i] < amount then enough = false end
end
local taken = enough or ARGV[1] ~= '1'
local answer = { taken and '1' or '0', string.format('%.0f', now) }
for i, key in ipairs(KEYS) do
  local at = 4 * i - 2
  local limit, span, amount = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  if taken and amount > 0 then
    left[i] = left[i] - amount
    if ARGV[at] == 'bucket' then
      redis.call('HSET', key, 'left', string.format('%.6f', left[i]), 'at', string.format('%.0f', now))
      local fillMs = limit > 0 and math.ceil((limit - left[i]) / limit * span) or span
      redis.call('PEXPIRE', key, string.format('%.0f', fillMs + 1000))
    else
      redis.call('INCRBYFLOAT', key, ARGV[at + 3])
      -- Kept for an hour more: a server whose clock is behind is still in this day.
      redis.call('PEXPIREAT', key, string.format('%.0f', math.max(span, now) + 3600000))
    end
  end
  answer[#answer + 1] = string.format('%.6f', left[i])
end
return answer`,

  /** KEYS: the places. ARGV: how many there are, who takes one, for how long (ms). Answers whether there was one. */
  enter: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`,

  /** KEYS: the places. ARGV: who has one, for how long more (ms). It is taken anew where Redis knows nothing of it, as after a restart. */
  stay: `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`,
} as const;
