type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What logs the CLI in: a key, a token or a helper that prints one; the credentials of a cloud; or else whatever the CLI has stored
 * itself, which is a subscription. Only with the first two can it run bare, that is, add nothing to a request.
 */
export type CliLogin = 'key' | 'cloud' | 'subscription';

const clouds = ['BEDROCK', 'VERTEX', 'FOUNDRY', 'MANTLE', 'ANTHROPIC_AWS', 'ANTHROPIC_GOOGLE_CLOUD'];

/** How a CLI is logged in by its environment. */
export function loginOf(environment: Environment): CliLogin {
  if (clouds.some((cloud) => isOn(environment[`CLAUDE_CODE_USE_${cloud}`]))) return 'cloud';
  return environment['ANTHROPIC_API_KEY'] || environment['ANTHROPIC_AUTH_TOKEN'] ? 'key' : 'subscription';
}

/** As the CLI reads its switches. */
function isOn(value: string | undefined): boolean {
  return /^(1|true|yes|on)$/i.test(value?.trim() ?? '');
}
