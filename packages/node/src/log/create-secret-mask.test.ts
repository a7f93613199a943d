import { expect, test } from 'vitest';
import { createSecretMask } from './create-secret-mask.ts';

const mask = createSecretMask();

test.each([
  ['a key of Anthropic’s', 'with sk-ant-api03-abcDEF_123-xyz here', 'with [masked] here'],
  ['a token of a subscription, in the middle of a word', 'xsk-ant-oat01-abcd', 'x[masked]'],
  ['a key of OpenAI’s', 'sk-proj-abcdefgh1234', '[masked]'],
  ['a key behind a line break, in JSON', String.raw`"a\nsk-abcdefgh1234"`, String.raw`"a\n[masked]"`],
  ['a key of ours', 'ccapi_0123456789abcdefABCDEF_-', '[masked]'],
  ['Bearer', 'Authorization: Bearer abc.def-1234/+=', 'Authorization: Bearer [masked]'],
  ['Bearer, in lower case, without its header', 'bearer abcdefgh', 'bearer [masked]'],
  ['Basic', 'basic dXNlcjpwYXNz', 'basic [masked]'],
  ['a header of another scheme', '{"authorization":"abcdefgh"}', '{"authorization":"[masked]"}'],
  ['x-api-key as a field', '{"x-api-key":"abcdefgh","host":"a"}', '{"x-api-key":"[masked]","host":"a"}'],
  ['x-api-key in a list', '["x-api-key","abcdefgh","host","a"]', '["x-api-key","[masked]","host","a"]'],
  ['x-api-key in JSON in JSON', String.raw`{"m":"{\"x-api-key\": \"abcdefgh\"}"}`, String.raw`{"m":"{\"x-api-key\": \"[masked]\"}"}`],
  ['an environment variable', 'AWS_SECRET_ACCESS_KEY=abcdefgh1234 X=1', 'AWS_SECRET_ACCESS_KEY=[masked] X=1'],
  ['a user and a password in a URL', 'redis://user:pass@word@host:6379/0', 'redis://[masked]@host:6379/0'],
  ['a token in a URL', 'https://token@host/path', 'https://[masked]@host/path'],
  ['a token of GitHub’s', 'ghp_0123456789abcdefABCD', '[masked]'],
  ['a fine-grained one', 'github_pat_0123456789abcdef_ABCD', '[masked]'],
  ['a key id of AWS', 'AKIAIOSFODNN7EXAMPLE', '[masked]'],
  ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_123', '[masked]'],
])('%s', (_, text, masked) => {
  expect(mask(text)).toBe(masked);
});

test.each([
  'risk-assessments-of-all-kinds',
  '{"code":"invalid_api_key","param":"messages"}',
  '{"header":"x-api-key","message":"is missing"}',
  '{"input_tokens":512,"max_tokens":1024}',
  '[server.api_keys.alice]',
  'a basic operation with a bearer token',
  'https://host/path@2x.png',
  'eyJ, and eyJhbGciOiJIUzI1NiJ9 alone',
  '{"requestId":"req_0d3b1c5e-9a5e-4f4b-8b8e-1f2a3b4c5d6e","caller":"alice","model":"claude-sonnet-4-5"}',
])('is left as it is: %s', (text) => {
  expect(mask(text)).toBe(text);
});

test('known secrets, in whatever form they come', () => {
  const secret = String.raw`pass"word\with ümlaut`;
  const known = createSecretMask([secret, `${secret} and more`, 'short']);
  expect(known(`a${secret}b`)).toBe('a[masked]b');
  expect(known(`${secret} and more`)).toBe('[masked]');
  expect(known(encodeURIComponent(secret))).toBe('[masked]');
  expect(JSON.parse(known(JSON.stringify({ text: secret, json: JSON.stringify({ secret }) })))).toEqual({
    text: '[masked]',
    json: '{"secret":"[masked]"}',
  });
  expect(known('short')).toBe('short');
});

// A caller may choose what is logged. It takes some milliseconds; the square of its length would take minutes.
test.each(['eyJ', '://', 'secret=', 'x-api-key", ', 'Basic aaaa', 'sk-', ' ', '\\', 'a@'])(
  'a long text of %j',
  { timeout: 20_000 },
  (part) => {
    const text = `:// secret ${part.repeat(400_000 / part.length)}`;
    expect(mask(text).length).toBeGreaterThan(10);
  },
);
