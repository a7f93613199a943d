/** The entry `@claude-code-api/gateway/schemas`: what stores, and runners elsewhere, read turns and messages by. */
export { messageSchema } from './turn/message-schema.ts';
export { turnSchema } from './turn/turn-schema.ts';
export { turnEventSchema, usageSchema } from './turn/turn-event-schema.ts';
