/** What is known of a stored answer. */
export interface KeptAnswer {
  /** A hash of whose it is. */
  readonly tenantKey: string;
  /** The bytes of its record, as JSON in UTF-8. */
  readonly bytes: number;
}

export interface AnswerBounds {
  /** The most answers that are kept, and the most bytes that they take. */
  readonly maxEntries: number;
  readonly maxBytes: number;
  /** The bounds for the answers of one tenant. */
  readonly maxTenantEntries: number;
  readonly maxTenantBytes: number;
}

/** Which answers are stored, in the order of their last use. */
export interface KeptAnswers {
  get(key: string): KeptAnswer | undefined;
  /** Notes an answer that was stored, and forgets those that have to make room for it: their keys. */
  add(key: string, answer: KeptAnswer): string[];
  /** Notes that it was used. */
  use(key: string): void;
  delete(key: string): void;
}

interface Tenant {
  /** The least recently used first. */
  readonly keys: Set<string>;
  bytes: number;
}

/**
 * Room is made by the tenant that has just stored something, when it has more than its share, and otherwise by the one that has most; in
 * it by what was used least recently, and never by what has just been stored.
 */
export function createKeptAnswers(bounds: AnswerBounds): KeptAnswers {
  const answers = new Map<string, KeptAnswer>();
  const tenants = new Map<string, Tenant>();
  let bytes = 0;

  function forget(key: string): void {
    const answer = answers.get(key);
    const tenant = answer && tenants.get(answer.tenantKey);
    if (answer === undefined || tenant === undefined) return;
    answers.delete(key);
    tenant.keys.delete(key);
    tenant.bytes -= answer.bytes;
    bytes -= answer.bytes;
    if (tenant.keys.size === 0) tenants.delete(answer.tenantKey);
  }

  function oldestOf(tenant: Tenant, added: string): string | undefined {
    for (const key of tenant.keys) if (key !== added) return key;
    return undefined;
  }

  function oldestOfMost(sizeOf: (tenant: Tenant) => number, added: string): string | undefined {
    for (const tenant of [...tenants.values()].toSorted((one, other) => sizeOf(other) - sizeOf(one))) {
      const key = oldestOf(tenant, added);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  function findVictim(own: Tenant, added: string): string | undefined {
    if (own.keys.size > bounds.maxTenantEntries || own.bytes > bounds.maxTenantBytes) return oldestOf(own, added);
    if (answers.size > bounds.maxEntries) return oldestOfMost((tenant) => tenant.keys.size, added);
    if (bytes > bounds.maxBytes) return oldestOfMost((tenant) => tenant.bytes, added);
    return undefined;
  }

  return {
    get: (key) => answers.get(key),
    add(key, answer) {
      forget(key);
      const tenant = tenants.get(answer.tenantKey) ?? { keys: new Set(), bytes: 0 };
      tenants.set(answer.tenantKey, tenant);
      answers.set(key, answer);
      tenant.keys.add(key);
      tenant.bytes += answer.bytes;
      bytes += answer.bytes;
      const gone: string[] = [];
      for (let victim = findVictim(tenant, key); victim !== undefined; victim = findVictim(tenant, key)) {
        forget(victim);
        gone.push(victim);
      }
      return gone;
    },
    use(key) {
      const keys = tenants.get(answers.get(key)?.tenantKey ?? '')?.keys;
      if (keys?.delete(key) === true) keys.add(key);
    },
    delete: forget,
  };
}
