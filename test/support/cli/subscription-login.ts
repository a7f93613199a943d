/** The environment of a CLI that is logged in by a subscription's token, with a home directory of its own. */
export function subscriptionLogin(home: string): Record<string, string> {
  return { HOME: home, ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' };
}
