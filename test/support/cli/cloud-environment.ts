/** By name, the environments of a CLI that reaches Claude by a cloud at this address, with nobody else's key in them. */
export function cloudEnvironment(cloud: keyof ReturnType<typeof clouds>, url: string): Record<string, string> {
  return { ANTHROPIC_API_KEY: '', ANTHROPIC_BASE_URL: '', CLAUDE_CODE_ATTRIBUTION_HEADER: '', ...clouds(url)[cloud] };
}

function clouds(url: string) {
  return {
    token: { ANTHROPIC_AUTH_TOKEN: 'a-token', ANTHROPIC_BASE_URL: url },
    bedrock: {
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_REGION: 'us-east-1',
      AWS_BEARER_TOKEN_BEDROCK: 'b',
      ANTHROPIC_BEDROCK_BASE_URL: url,
    },
    vertex: {
      CLAUDE_CODE_USE_VERTEX: '1',
      CLAUDE_CODE_SKIP_VERTEX_AUTH: '1',
      ANTHROPIC_VERTEX_PROJECT_ID: 'p',
      CLOUD_ML_REGION: 'us-east5',
      ANTHROPIC_VERTEX_BASE_URL: url,
    },
    foundry: { CLAUDE_CODE_USE_FOUNDRY: '1', ANTHROPIC_FOUNDRY_API_KEY: 'f', ANTHROPIC_FOUNDRY_BASE_URL: url },
    mantle: {
      CLAUDE_CODE_USE_MANTLE: '1',
      CLAUDE_CODE_SKIP_MANTLE_AUTH: '1',
      AWS_REGION: 'us-east-1',
      ANTHROPIC_BEDROCK_MANTLE_BASE_URL: url,
    },
    aws: {
      CLAUDE_CODE_USE_ANTHROPIC_AWS: '1',
      ANTHROPIC_AWS_API_KEY: 'a',
      ANTHROPIC_AWS_WORKSPACE_ID: 'w',
      AWS_REGION: 'us-east-1',
      ANTHROPIC_AWS_BASE_URL: url,
    },
  };
}
