import { createPresence } from '../../basics/presence.ts';
import { GatewayError } from '../../gateway-error.ts';

export interface BodyBudgetOptions {
  /** The bytes of all bodies together that are being read, or whose requests are not answered yet. */
  readonly maxBytes: number;
  /** The most bytes of one tenant. */
  readonly maxBytesPerTenant: number;
}

/** What one request holds of the budget. */
export interface HeldBytes {
  /**
   * Says that so many bytes will come, and takes none.
   *
   * @throws {GatewayError} 503 when there is no room for them, 429 when it is this tenant who has taken it.
   */
  expect(bytes: number): void;
  /** @throws {GatewayError} As `expect`. */
  take(bytes: number): void;
  /** Gives all of it back. */
  release(): void;
}

/** Gives what a request of a tenant holds: nothing yet. */
export type BodyBudget = (tenant: string) => HeldBytes;

/** Bounds the memory that bodies take: a turn that waits holds its own, and many may wait. */
export function createBodyBudget({ maxBytes, maxBytesPerTenant }: BodyBudgetOptions): BodyBudget {
  const held = new Map<string, number>();
  const presence = createPresence();
  let total = 0;

  function change(tenant: string, bytes: number): void {
    total += bytes;
    const own = (held.get(tenant) ?? 0) + bytes;
    if (own === 0) held.delete(tenant);
    else held.set(tenant, own);
  }

  function expect(tenant: string, bytes: number): void {
    if (total + bytes > maxBytes) throw full(503, 'The requests of this server hold');
    if ((held.get(tenant) ?? 0) + bytes > maxBytesPerTenant) throw full(429, 'Your requests hold');
  }

  return (tenant) => {
    const present = presence();
    let own = 0;
    const giveBack = (): void => {
      change(tenant, -own);
      own = 0;
    };
    present.gone = giveBack;
    return {
      expect: (bytes) => expect(tenant, bytes),
      take(bytes) {
        expect(tenant, bytes);
        own += bytes;
        change(tenant, bytes);
      },
      release() {
        present.leave();
        giveBack();
      },
    };
  };
}

function full(status: 429 | 503, who: string): GatewayError {
  return new GatewayError(`${who} as many bytes as this server takes at a time. Please try again when some of them are answered.`, {
    status,
    code: status === 429 ? 'rate_limit_exceeded' : 'server_overloaded',
    retryAfterSeconds: 5,
    // The rest of the body is not read, so that no other request can follow it.
    headers: { connection: 'close' },
  });
}
