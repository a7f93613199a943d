import { shortLivedCli } from './short-lived-cli.ts';

/** The environment of a CLI that speaks to a mock of the API, by key. */
export function mockEnvironment(mockUrl: string): Record<string, string | undefined> {
  return {
    ...shortLivedCli,
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    ANTHROPIC_API_KEY: 'sk-ant-test-key',
    ANTHROPIC_BASE_URL: mockUrl,
    // As towards Anthropic itself, for which the mock stands in.
    CLAUDE_CODE_ATTRIBUTION_HEADER: '1',
  };
}
