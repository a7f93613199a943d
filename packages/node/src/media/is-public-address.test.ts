import { expect, test } from 'vitest';
import { isPublicAddress } from './is-public-address.ts';

test.each(['1.1.1.1', '8.8.8.8', '93.184.216.34', '168.63.129.17', '2606:4700::1111', '2a00:1450:4001::200e', '2001:4860:4860::8888'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  // Not given out, translated, or of a special use, in whatever form.
  ...['::', '::1', '::7f00:1', '::ffff:127.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1', '100::1', '400::1', '1000::1', '4000::1'],
  ...['5f00::1', '8000::1', 'e000::1', 'fc00::1', 'fd00:ec2::254', 'fe80::1', 'fec0::1', 'ff02::1'],
  ...['2001::1', '2001:2::1', '2001:db8::1', '2001:20::1', '2002:7f00:1::', '2002:a9fe:a9fe::1', '3fff::1'],
  ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.31.0.1', '192.168.0.1', '198.18.0.1', '240.0.0.1'],
  // Clouds' own.
  ...['168.63.129.16', '::ffff:168.63.129.16', '100.100.100.200', '192.0.0.192', '161.26.0.10', '166.9.0.1', '199.36.153.8'],
])('%s is not', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test('nor are the addresses of this machine, as they are now', () => {
  const own = ['93.184.216.34', '2606:4700::1111'];
  const interfaces = { eth0: [...own, 'fe80::1%eth0'].map((address) => ({ address })), eth1: undefined };
  for (const address of [...own, '::ffff:93.184.216.34', '2606:4700:0:0::1111']) expect(isPublicAddress(address, interfaces)).toBe(false);
  expect(isPublicAddress('93.184.216.35', interfaces)).toBe(true);
});
