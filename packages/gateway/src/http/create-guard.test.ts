import { describe, expect, test } from 'vitest';
import { createGuard } from './create-guard.ts';

const guard = createGuard({
  allowedHosts: ['localhost', '127.0.0.1', '[::1]', 'Claude.example'],
  allowsOrigin: (origin) => origin === 'https://app.example',
  isStopping: () => false,
});

function request(headers: Record<string, string>, method = 'POST'): Request {
  return new Request('http://127.0.0.1:8080/v1/models', { method, headers });
}

describe('a name that the gateway may be called by', () => {
  test.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:8080', '[::1]', 'claude.example:443', 'Claude.Example'])('%s', (host) => {
    expect(() => guard(request({ host }))).not.toThrow();
  });

  test('is read off the URL where no header tells', () => {
    expect(() => guard(request({}))).not.toThrow();
    expect(() => guard(new Request('http://evil.example/'))).toThrow(expect.objectContaining({ status: 403 }));
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8080', 'localhost:80:80', 'user@localhost', '[::2]', ''])(
    'is not %j',
    (host) => {
      expect(() => guard(request({ host }))).toThrow(expect.objectContaining({ status: 403, code: 'host_not_allowed' }));
    },
  );
});

describe('a web page', () => {
  test.each([
    ['of the server itself', 'http://localhost:8080'],
    ['of an origin that is allowed', 'https://app.example'],
  ])('%s may call', (_, origin) => {
    expect(() => guard(request({ host: 'localhost:8080', origin }))).not.toThrow();
  });

  test.each(['http://localhost:3000', 'http://localhost', 'https://evil.example', 'null', '', 'http://app.example', 'file://'])(
    'of %j may not, whatever it asks',
    (origin) => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        expect(() => guard(request({ host: 'localhost:8080', origin }, method))).toThrow(
          expect.objectContaining({ status: 403, code: 'origin_not_allowed' }),
        );
      }
    },
  );

  test('of any origin may call where all are allowed', () => {
    const open = createGuard({ allowedHosts: ['localhost'], allowsOrigin: () => true, isStopping: () => false });
    expect(() => open(request({ host: 'localhost', origin: 'https://evil.example' }))).not.toThrow();
  });
});

test('without names all are taken', () => {
  const open = createGuard({ allowedHosts: undefined, allowsOrigin: () => false, isStopping: () => false });
  expect(() => open(request({ host: 'any.example', origin: 'https://other.example' }))).not.toThrow();
});

test('a server that stops still answers those who only read', () => {
  let stopping = false;
  const closing = createGuard({ allowedHosts: undefined, allowsOrigin: () => false, isStopping: () => stopping });
  expect(() => closing(request({}))).not.toThrow();
  stopping = true;
  for (const method of ['POST', 'DELETE', 'PATCH']) {
    expect(() => closing(request({}, method))).toThrow(
      expect.objectContaining({ status: 503, code: 'shutting_down', retryAfterSeconds: 1 }),
    );
  }
  for (const method of ['GET', 'HEAD']) expect(() => closing(request({}, method))).not.toThrow();
});
