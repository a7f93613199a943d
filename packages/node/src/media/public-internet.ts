import { lookup } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { Agent } from 'undici';
import { isPublicAddress } from './is-public-address.ts';

export interface PublicInternetOptions {
  /** The longest wait for a connection. */
  readonly timeoutMs: number;
  /** Which addresses may be connected to. Default: those of the public internet, but for this machine's own. */
  readonly isAllowed?: ((address: string) => boolean) | undefined;
}

/** The way to the public internet alone. */
export interface PublicInternet {
  /** Whether a URL may be asked for at all; where its name leads is looked at when it is connected to, by the agent. */
  readonly allows: (url: URL) => boolean;
  /** Connects to what is allowed only, whatever a name leads to by then. */
  readonly agent: Agent;
}

/** Makes the one way to addresses that callers name: all of them are checked as they are connected to. */
export function publicInternet(options: PublicInternetOptions): PublicInternet {
  const isAllowed = options.isAllowed ?? ((address: string) => isPublicAddress(address));
  return {
    allows({ protocol, hostname }) {
      // An address in the URL itself is connected to without a look-up.
      const host = hostname.replace(/^\[(.*)\]$/, '$1');
      return /^https?:$/.test(protocol) && !(ipaddr.isValid(host) && !isAllowed(host));
    },
    agent: new Agent({
      connect: {
        timeout: options.timeoutMs,
        lookup(hostname, lookupOptions, callback) {
          lookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
            if (error) return callback(error, []);
            const allowed = addresses.filter(({ address }) => isAllowed(address));
            if (allowed.length === 0) return callback(new Error('not a public address'), []);
            const [first] = allowed;
            if (lookupOptions.all || first === undefined) callback(null, allowed);
            else callback(null, first.address, first.family);
          });
        },
      },
    }),
  };
}
