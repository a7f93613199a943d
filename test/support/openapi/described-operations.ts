import { readFileSync } from 'node:fs';
import { dereference, validate, type Schema } from '@cfworker/json-schema';

interface Described {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  readonly $ref?: string;
}

/** As far as it is looked into here. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, { readonly const?: unknown }>>;
}

export interface DescribedOperation {
  readonly responses: Readonly<Record<string, Described>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly responses: Readonly<Record<string, Described>> };
}

const file = new URL('../../../docs/openapi.json', import.meta.url);
const document = JSON.parse(readFileSync(file, 'utf8')) as Document;
// Those of replies alone: each file of tests reads them anew.
const schemas = Object.fromEntries(Object.entries(document.components.schemas).filter(([name]) => !/(Request|Update)$/.test(name)));
closeObjects(schemas);
const lookup = dereference({ components: { schemas } });

const routes = Object.entries(document.paths).map(([path, methods]) => ({
  // Names of models may have slashes.
  pattern: new RegExp(`^${path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'model' ? '.+' : '[^/]+'))}$`),
  methods,
}));

/** What the document says of a route; undefined where it knows none. */
export function describedOperation(method: string, path: string): DescribedOperation | undefined {
  return routes.find(({ pattern, methods }) => pattern.test(path) && method in methods)?.methods[method];
}

/** What it says of a reply with this status. */
export function describedReply({ responses }: DescribedOperation, status: number): Described {
  const found = responses[status] ?? responses['default'] ?? {};
  return found.$ref === undefined ? found : (document.components.responses[found.$ref.split('/').at(-1) ?? ''] ?? {});
}

/** What is wrong with a value of which the document says that it is of a schema, or of one of several; it may have nothing that they do not know. */
export function problemsOf(value: unknown, { $ref, anyOf = [] }: JsonSchema): string[] {
  const choices = [$ref, ...anyOf.map((each) => each.$ref)].flatMap((ref) => (ref === undefined ? [] : [schemaOf(ref)]));
  // Of the many events of a stream the one whose type it has: a problem then says what is wrong, and checking is cheap.
  const type = (value as { readonly type?: unknown } | null)?.type;
  const named = choices.find(({ properties }) => type !== undefined && properties?.['type']?.const === type);
  const found = (named === undefined ? choices : [named]).map((schema) => validate(value, schema as Schema, '2020-12', lookup));
  if (found.some(({ valid }) => valid)) return [];
  return found.flatMap(({ errors }) => errors).map(({ instanceLocation, error }) => `${instanceLocation}: ${error}`);
}

function schemaOf(ref: string): JsonSchema {
  const schema = schemas[ref.replace('#/components/schemas/', '')];
  if (schema === undefined) throw new Error(`The document has no ${ref}.`);
  return schema;
}

/** In the document, replies may tell more, as later versions will; this version tells what is written. */
function closeObjects(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if ('properties' in node && !('additionalProperties' in node) && 'type' in node) Object.assign(node, { additionalProperties: false });
  for (const each of Object.values(node)) closeObjects(each);
}
