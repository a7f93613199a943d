import * as z from 'zod';
import type { Access } from '../http/route.ts';
import type { JsonObject } from '../turn/tool.ts';
import { chatSchemas } from './chat-schemas.ts';
import { errorResponses, errorSchemas, toErrorReferences } from './error-responses.ts';
import { headers, limitHeaderNames } from './headers.ts';
import { messageEventSchemas, messageSchemas } from './message-schemas.ts';
import type { Operation } from './operation.ts';
import { operationSchemas } from './operation-schemas.ts';
import { parameters } from './parameters.ts';
import { type Content, refsOf, toContent } from './references.ts';
import { resourceOperations } from './resource-operations.ts';
import { resourceSchemas } from './resource-schemas.ts';
import { responseEventSchemas } from './response-event-schemas.ts';
import { responseSchemas } from './response-schemas.ts';
import { toComponents } from './to-components.ts';
import { turnOperations } from './turn-operations.ts';

/** What the document can't know by itself. */
export interface OpenapiOptions {
  /** The version of the API: `info.version`. */
  readonly version: string;
}

/** An OpenAPI document, of version 3.1. */
export interface OpenapiDocument extends JsonObject {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonObject>> } & JsonObject;
}

const description = `OpenAI's and Anthropic's APIs, answered by Claude Code.

Addresses work without \`/v1\` too. Unknown fields of a request are no error: what has no effect is named in the header \`x-ignored-parameters\`, and
\`x-support\` says of each parameter whether it is Claude's own (\`native\`), made up for (\`emulated\`), \`ignored\` or \`rejected\`. Later versions may tell
more than is written here. Where the server has no keys, none is asked for.`;

const tags = {
  'Chat completions': 'OpenAI’s chat.',
  Responses: 'OpenAI’s Responses: kept, gone on with, in the background.',
  Messages: 'Anthropic’s Messages.',
  Completions: 'OpenAI’s older completions.',
  Embeddings: 'Those of another server.',
  Models: 'What can be asked for.',
  Conversations: 'What is remembered.',
  Server: 'How the server is, and what it says of itself.',
};

/** Makes the document of all that a gateway can answer. */
export function openapiDocument({ version }: OpenapiOptions): OpenapiDocument {
  const replies = {
    ...{ ...chatSchemas, ...responseSchemas, ...responseEventSchemas, ...messageSchemas, ...messageEventSchemas },
    ...{ ...resourceSchemas, ...operationSchemas, ...errorSchemas, OpenapiDocument: z.looseObject({ openapi: z.string() }) },
  };
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of [...turnOperations, ...resourceOperations]) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: toOperation(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      ...{ title: 'Claude Code API', version, description },
      summary: 'An OpenAI- and Anthropic-compatible gateway in front of Claude Code',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '.', description: 'Where this document is from' }],
    security: toSecurity('caller'),
    tags: Object.entries(tags).map(([name, text]) => ({ name, description: text })),
    paths,
    components: {
      schemas: toComponents(replies),
      responses: errorResponses,
      parameters,
      headers,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'As OpenAI’s clients send keys.' },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key', description: 'As Anthropic’s clients send keys.' },
      },
    },
  };
}

function toOperation(operation: Operation): JsonObject {
  const { id, tag, summary, access, body, headers: own = [], otherReplies = {}, errorForm = '' } = operation;
  const names = ['x-request-id', 'request-id', ...(access === 'counted' ? limitHeaderNames : []), ...own];
  const toReply = (content: Content, text: string): JsonObject => ({
    description: text,
    headers: refsOf('headers', names),
    content: toContent(content),
  });
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(operation.description !== undefined && { description: operation.description }),
    security: toSecurity(access),
    parameters: ['RequestId', ...(operation.parameters ?? [])].map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...(body !== undefined && {
      requestBody: { required: body.isOptional !== true, content: toContent({ 'application/json': [body.schema] }) },
    }),
    responses: {
      200: toReply(operation.reply, 'Done.'),
      ...toErrorReferences(operation.errorStatuses, errorForm),
      ...Object.fromEntries(Object.entries(otherReplies).map(([status, content]) => [status, toReply(content, 'Not so now.')])),
    },
  };
}

/** Either key will do; none is asked of anyone. */
function toSecurity(access: Access): JsonObject[] {
  return access === 'anyone' ? [] : [{ bearer: [] }, { apiKey: [] }];
}
