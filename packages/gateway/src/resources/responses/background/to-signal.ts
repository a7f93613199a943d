/** A promise that is settled from outside. */
export interface Signal<Value> {
  readonly promise: Promise<Value>;
  readonly resolve: (value: Value) => void;
}

export function toSignal<Value>(): Signal<Value> {
  let resolve: (value: Value) => void = () => {};
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve(value) };
}
