export interface Gates {
  /** Ends when the gate is opened, or was before. */
  wait(name: string): Promise<void>;
  open(name: string): void;
  /** Ends when someone waits at the gate, or has. */
  arrival(name: string): Promise<void>;
}

/** Gates by their names, at which scripts wait until a test lets them go on. */
export function createGates(): Gates {
  const gates = new Map<string, { readonly opened: Signal; readonly reached: Signal }>();

  function gateOf(name: string): { readonly opened: Signal; readonly reached: Signal } {
    const gate = gates.get(name) ?? { opened: createSignal(), reached: createSignal() };
    gates.set(name, gate);
    return gate;
  }

  return {
    async wait(name) {
      const { opened, reached } = gateOf(name);
      reached.give();
      await opened.given;
    },
    open: (name) => gateOf(name).opened.give(),
    arrival: (name) => gateOf(name).reached.given,
  };
}

interface Signal {
  readonly given: Promise<void>;
  readonly give: () => void;
}

function createSignal(): Signal {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
