/** Notes what a conversation takes now, and what its tenant's take together; 0 for one that is gone. */
const account = `
local function account(sizes, usage, name, bytes)
  local tenant = string.match(name, '^[^:]*')
  local more = bytes - tonumber(redis.call('HGET', sizes, name) or '0')
  if bytes > 0 then redis.call('HSET', sizes, name, bytes) else redis.call('HDEL', sizes, name) end
  if tonumber(redis.call('ZINCRBY', usage, more, tenant)) <= 0 then redis.call('ZREM', usage, tenant) end
end
`;

/** Forgets all that is known of a conversation beside its history. KEYS from 1 on: the conversation, the tenant's ids, all expiries, the tenant's, sizes, usage. */
const forget = `${account}
local function forget(id, name)
  redis.call('UNLINK', KEYS[1])
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZREM', KEYS[3], name)
  redis.call('ZREM', KEYS[4], id)
  account(KEYS[5], KEYS[6], name, 0)
end
`;

/** What Redis does in one step. Each takes its keys in `KEYS` and the rest in `ARGV`, in the order that its comment says. */
export const redisScripts = {
  /**
   * KEYS: the conversation, the tenant's ids, all expiries, the tenant's, sizes, usage, its history now, the one before.
   * ARGV: the revision that it follows (empty for a new one), revision, head, how long it is kept (ms), expiresAt, id, its name among
   * the expiries, the added batch's key, its text, the removed batch's key, three times '1' for yes (it leaves its history, it comes to another,
   * it has one now), and what it takes then.
   */
  commit: `${account}
local present = redis.call('HGET', KEYS[1], 'revision')
-- Sent again after a lost connection: it has been made already.
if present == ARGV[2] then return 1 end
if (present or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'revision', ARGV[2], 'head', ARGV[3])
if ARGV[8] ~= '' then redis.call('HSET', KEYS[1], 'batch:' .. ARGV[8], ARGV[9]) end
if ARGV[10] ~= '' then redis.call('HDEL', KEYS[1], 'batch:' .. ARGV[10]) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], 0, ARGV[6])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[7])
redis.call('ZADD', KEYS[4], ARGV[5], ARGV[6])
account(KEYS[5], KEYS[6], ARGV[7], tonumber(ARGV[14]))
if ARGV[11] == '1' then redis.call('LREM', KEYS[8], 0, ARGV[6]) end
if ARGV[12] == '1' then
  redis.call('LREM', KEYS[7], 0, ARGV[6])
  redis.call('LPUSH', KEYS[7], ARGV[6])
  redis.call('LTRIM', KEYS[7], 0, 99)
end
-- While one of several stays, the list of a history stays as long as the last change of any asks for.
if ARGV[13] == '1' then redis.call('PEXPIRE', KEYS[7], ARGV[4]) end
return 1`,

  /** KEYS: as of `forget`, and its history. ARGV: revision, id, its name among the expiries, '1' if it has a history. */
  remove: `${forget}
if redis.call('HGET', KEYS[1], 'revision') ~= ARGV[1] then return 0 end
forget(ARGV[2], ARGV[3])
if ARGV[4] == '1' then redis.call('LREM', KEYS[7], 0, ARGV[2]) end
return 1`,

  /** KEYS: as of `forget`. ARGV: now, id, its name among the expiries. */
  removeExpired: `${forget}
local expiry = redis.call('ZSCORE', KEYS[3], ARGV[3])
-- What has no expiry is gone, and only counted still.
if expiry and tonumber(expiry) > tonumber(ARGV[1]) then return 0 end
forget(ARGV[2], ARGV[3])
return 1`,

  /** KEYS: the hold. ARGV: the holder's token, for how long (ms). Answers -1 for who has it now, or how long another has it (ms). */
  hold: `
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
return redis.call('PTTL', KEYS[1])`,

  /** KEYS: the hold. ARGV: the holder's token, for how long more (ms). One that has expired while Redis was away is taken again, if nobody else has. */
  renew: `
local holder = redis.call('GET', KEYS[1])
if not holder then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
if holder == ARGV[1] then return redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 0`,

  /** KEYS: the hold. ARGV: the holder's token. */
  release: `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`,
} as const;
