// What is used of unstorage in what this package exports. Its own declarations can't be read without `skipLibCheck`, and who uses this package may
// want to do without.

type Answered<Value> = Value | Promise<Value>;
type Options = Readonly<Record<string, unknown>>;

/** A driver of unstorage, one of theirs or of your own. */
export interface Driver {
  readonly name?: string;
  readonly flags?: { readonly maxDepth?: boolean; readonly ttl?: boolean };
  hasItem(key: string, options: Options): Answered<boolean>;
  getItem(key: string, options?: Options): Answered<null | string | number | boolean | object>;
  setItem?(key: string, value: string, options: Options): Answered<void>;
  removeItem?(key: string, options: Options): Answered<void>;
  getKeys(base: string, options: Options): Answered<string[]>;
  dispose?(): Answered<void>;
}

/** A storage of unstorage, as `createStorage` makes it. */
export interface Storage {
  getItem(key: string): Promise<unknown>;
  setItem(key: string, value: string | object, options?: Options): Promise<void>;
  removeItem(key: string): Promise<void>;
  getKeys(base?: string): Promise<string[]>;
}
