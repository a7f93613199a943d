import { randomId } from '../basics/random-id.ts';

/** Text that is hard to guess. */
export function newSecret(): string {
  return randomId() + randomId();
}
