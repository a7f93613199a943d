import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GatewayError, type Caller } from '@claude-code-api/gateway';
import { keySchema } from '../config/key-schema.ts';
import { createCallerOf } from './create-caller-of.ts';
import { createKey, hashKey } from './create-key.ts';

const alice = createKey();
const bob = createKey();
const keys = {
  alice: keySchema.parse({ hash: hashKey(alice) }),
  bob: keySchema.parse({
    ...{ hash: hashKey(bob), models: ['haiku'], profiles: ['agent'], admin: true },
    ...{ requests_per_minute: 1, tokens_per_minute: 2, concurrent_turns: 3 },
    ...{ tokens_per_day: 4, tokens_per_month: 5, usd_per_day: 0.6, usd_per_month: 0.7 },
  }),
};

function call(headers: Record<string, string>, known = keys): Caller | undefined {
  return createCallerOf(known)?.(new Request('http://127.0.0.1/', { headers }));
}

/** The error that a request with these headers gets. */
function refusal(headers: Record<string, string>): GatewayError {
  try {
    call(headers);
  } catch (error) {
    expect(GatewayError.isInstance(error)).toBe(true);
    return error as GatewayError;
  }
  throw new Error('The request was let in.');
}

test('without keys, nobody is asked for one', () => {
  expect(createCallerOf({})).toBeUndefined();
});

test('a key is its caller, with all that its settings say', () => {
  expect(call({ authorization: `Bearer ${alice}` })).toEqual({ tenant: 'alice', name: 'alice', profiles: [], limits: {}, admin: false });
  expect(call({ authorization: `Bearer ${bob}` })).toEqual({
    tenant: 'bob',
    name: 'bob',
    models: ['haiku'],
    profiles: ['agent'],
    limits: {
      ...{ requestsPerMinute: 1, tokensPerMinute: 2, concurrentTurns: 3 },
      ...{ tokensPerDay: 4, tokensPerMonth: 5, usdPerDay: 0.6, usdPerMonth: 0.7 },
    },
    admin: true,
  });
});

test('`*` stands for all profiles', () => {
  const all = { ...keys, alice: { ...keys.alice, profiles: ['*'] } };
  expect(call({ 'x-api-key': alice }, all)).not.toHaveProperty('profiles');
});

test.each<[string, Record<string, string>, string]>([
  ['x-api-key', { 'x-api-key': alice }, 'alice'],
  ['the scheme in any case', { authorization: `bEARER ${alice}` }, 'alice'],
  ['more white space', { authorization: `  Bearer  \t ${alice}  ` }, 'alice'],
  ['white space around x-api-key', { 'x-api-key': `  ${alice} ` }, 'alice'],
  ['the same in both', { authorization: `Bearer ${alice}`, 'x-api-key': alice }, 'alice'],
  ['two of different callers: Bearer wins', { authorization: `Bearer ${bob}`, 'x-api-key': alice }, 'bob'],
  ['a wrong Bearer beside a good x-api-key', { authorization: 'Bearer not-needed', 'x-api-key': alice }, 'alice'],
  ['a wrong x-api-key beside a good Bearer', { authorization: `Bearer ${alice}`, 'x-api-key': 'not-needed' }, 'alice'],
  ['another scheme beside x-api-key', { authorization: 'Basic abc', 'x-api-key': alice }, 'alice'],
])('%s will do', (_, headers, name) => {
  expect(call(headers)).toMatchObject({ tenant: name });
});

test.each<[string, Record<string, string>]>([
  ['no header', {}],
  ['empty headers', { authorization: '', 'x-api-key': ' ' }],
  ['the scheme alone', { authorization: 'Bearer ' }],
  ['another scheme', { authorization: `Basic ${alice}` }],
  ['no scheme', { authorization: alice }],
  ['the scheme as a part of a word', { authorization: `Bearer${alice}` }],
])('%s is no key: 401', (_, headers) => {
  const error = refusal(headers);
  expect(error).toMatchObject({ status: 401, code: null, headers: { 'www-authenticate': 'Bearer' } });
  expect(error.message).toMatch(/^You didn't provide an API key\. .*Authorization: Bearer.*x-api-key/);
});

test('a wrong key is a 401, and is never told whole', () => {
  const error = refusal({ authorization: 'Bearer ccapi_wrong-0123456789' });
  expect(error).toMatchObject({
    ...{ status: 401, code: 'invalid_api_key' },
    headers: { 'www-authenticate': 'Bearer' },
  });
  expect(error.message).toContain('Incorrect API key provided: cca********6789.');
  expect(error.message).not.toContain('wrong');
});

test.each(['not-needed', '123456789012'])('of %s, which is short, nothing is told', (key) => {
  expect(refusal({ 'x-api-key': key }).message).toContain('provided: ********.');
});

test('a hash is no key', () => {
  expect(refusal({ 'x-api-key': hashKey(alice) }).code).toBe('invalid_api_key');
});

test('no key but the very one is let in', () => {
  const one = fc.nat({ max: alice.length - 1 });
  const letter = fc.constantFrom('a', 'Z', '0', '_', '-', ' ', '.', ',', 'ä');
  const near = fc.oneof(
    fc.tuple(one, letter).map(([at, other]) => alice.slice(0, at) + other + alice.slice(at + 1)),
    fc.tuple(one, letter).map(([at, other]) => alice.slice(0, at) + other + alice.slice(at)),
    one.map((at) => alice.slice(0, at) + alice.slice(at + 1)),
    one.map((at) => alice.slice(0, at)),
    one.map((at) => alice.slice(at + 1)),
    one.map((at) => alice.slice(0, at) + bob.slice(at)),
    fc.constantFrom(
      alice.toUpperCase(),
      alice.toLowerCase(),
      alice + bob,
      `${alice},${bob}`,
      `${alice} ${bob}`,
      `"${alice}"`,
      alice.slice(6),
    ),
    fc.string(),
    fc.base64String(),
  );
  fc.assert(
    fc.property(near, fc.boolean(), (key, asBearer) => {
      // What a header can hold.
      fc.pre(/^[ -~\u0080-\u00FF]*$/.test(key));
      const sent = key.trim();
      fc.pre(sent !== alice && sent !== bob);
      const error = refusal(asBearer ? { authorization: `Bearer ${key}` } : { 'x-api-key': key });
      expect(error.status).toBe(401);
      if (sent.length > 7) expect(error.message).not.toContain(sent);
    }),
    { numRuns: 2000 },
  );
});
