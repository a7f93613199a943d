import { expect, test } from 'vitest';
import { isLoopback } from './is-loopback.ts';

test.each(['localhost', 'LocalHost', '127.0.0.1', '127.0.0.2', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])(
  '%s is this machine alone',
  (host) => {
    expect(isLoopback(host)).toBe(true);
  },
);

test.each([
  ...['0.0.0.0', '::', '192.168.1.2', '10.0.0.1', '128.0.0.1', '126.255.255.255', '8.8.8.8', 'fe80::1', '::2', '::ffff:10.0.0.1'],
  ...['', 'example.com', 'localhost.example.com', '127.0.0.1.example.com', 'notlocalhost', '127.1', '2130706433', '[::1]', '127.0.0.1:80'],
])('%s is not', (host) => {
  expect(isLoopback(host)).toBe(false);
});
