/** The entry `@claude-code-api/gateway/background`: what makes responses that nobody waits for. `GatewayOptions.responses` takes it. */
export {
  backgroundDefaults,
  createBackground,
  type BackgroundOptions,
  type OwnedBackground,
} from './resources/responses/background/create-background.ts';
export type { Background, BackgroundWork } from './responses/background.ts';
