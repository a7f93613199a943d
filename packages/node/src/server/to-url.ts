import { isIPv6, type AddressInfo } from 'node:net';

/** The URL of what listens there. */
export function toUrl(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') return String(address);
  return `http://${isIPv6(address.address) ? `[${address.address}]` : address.address}:${address.port}`;
}
