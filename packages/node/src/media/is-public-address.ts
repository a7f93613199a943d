import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** Addresses in public ranges at which a cloud answers its own machines alone. */
const cloudRanges = [
  // Azure's host agent.
  '168.63.129.16/32',
  // IBM Cloud's services.
  '161.26.0.0/16',
  '166.8.0.0/14',
  // Google's interfaces, as seen from its machines.
  '199.36.153.4/30',
  '199.36.153.8/30',
].map((range) => ipaddr.IPv4.parseCIDR(range));

/** What has been given out of IPv6 for the public internet; what is special within it has a range of its own. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an address is one of the public internet: not of a special range, not a cloud's own, not one of this machine.
 *
 * @param interfaces This machine's, as they are now. Default: asked each time, since addresses come and go.
 */
export function isPublicAddress(address: string, interfaces: Interfaces = networkInterfaces()): boolean {
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast' || isOwn(parsed, interfaces)) return false;
  return parsed instanceof ipaddr.IPv4 ? !cloudRanges.some((range) => parsed.match(range)) : parsed.match(globalUnicast);
}

type Interfaces = Readonly<Record<string, readonly { readonly address: string }[] | undefined>>;

function isOwn(address: ipaddr.IPv4 | ipaddr.IPv6, interfaces: Interfaces): boolean {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  return all.some((own) => ipaddr.process(own.address.replace(/%.*$/, '')).toNormalizedString() === address.toNormalizedString());
}
