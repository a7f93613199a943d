import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether only this machine can reach a server that listens on a host: `localhost`, `127.0.0.0/8`, `::1`, the latter without brackets. */
export function isLoopback(host: string): boolean {
  // Addresses in other writings, such as `127.1`, are names to Node.
  return host.toLowerCase() === 'localhost' || (isIP(host) !== 0 && ipaddr.process(host).range() === 'loopback');
}
