/** The entry `@claude-code-api/gateway/schemas`: what stores, and runners elsewhere, read turns and messages by. */
export { messageSchema } from './message-schema.ts';
export { turnSchema } from './turn-schema.ts';
export { turnEventSchema, usageSchema } from './turn-event-schema.ts';
