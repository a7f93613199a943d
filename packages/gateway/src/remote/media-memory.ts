/** The media that a machine has seen, of each tenant by themselves. */
export interface MediaMemory {
  keep(tenant: string, media: Readonly<Record<string, string>>): void;
  find(tenant: string, name: string): string | undefined;
}

/** Makes a memory that lets go first of what was used least recently. What is larger than the memory is kept for the turn that brings it. */
export function createMediaMemory(maxCharacters: number): MediaMemory {
  const kept = new Map<string, string>();
  let characters = 0;
  const keyOf = (tenant: string, name: string): string => `${name}\n${tenant}`;

  function remove(key: string): void {
    characters -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  }

  return {
    keep(tenant, media) {
      const brought = new Set<string>();
      for (const [name, data] of Object.entries(media)) {
        const key = keyOf(tenant, name);
        remove(key);
        kept.set(key, data);
        brought.add(key);
        characters += data.length;
      }
      for (const key of kept.keys()) {
        if (characters <= maxCharacters || brought.has(key)) return;
        remove(key);
      }
    },
    find(tenant, name) {
      const key = keyOf(tenant, name);
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      kept.set(key, found);
      return found;
    },
  };
}
