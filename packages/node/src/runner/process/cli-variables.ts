/** Variables of the operator's that a CLI is given. */
export interface CliVariables {
  /** For people. */
  readonly what: string;
  /** A name that ends in `*` stands for a family. */
  readonly names: readonly string[];
}

/** Every variable that is passed on to a CLI: the source of the allow-list and of its table in the docs. */
export const cliVariables: readonly CliVariables[] = [
  {
    what: 'where it runs',
    names: [
      ...[
        'PATH',
        'HOME',
        'USER',
        'LOGNAME',
        'SHELL',
        'LANG',
        'LANGUAGE',
        'LC_*',
        'TZ',
        'TERM',
        'XDG_*',
        'SYSTEMROOT',
        'COMSPEC',
        'PATHEXT',
      ],
      ...['WINDIR', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'PROGRAMDATA', 'HOMEDRIVE', 'HOMEPATH'],
    ],
  },
  { what: 'the runtime that it brings, Bun: how it compiles and collects garbage', names: ['BUN_JSC_*'] },
  {
    what: 'the network: proxies, authorities, client certificates, time-outs',
    names: [
      ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'no_proxy', 'all_proxy'],
      ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'CLAUDE_CODE_CERT_STORE'],
      ...['CLAUDE_CODE_CLIENT_CERT', 'CLAUDE_CODE_CLIENT_KEY', 'CLAUDE_CODE_CLIENT_KEY_PASSPHRASE', 'CLAUDE_CODE_PROXY_*'],
      ...[
        'API_TIMEOUT_MS',
        'API_FORCE_IDLE_TIMEOUT',
        'CLAUDE_STREAM_IDLE_TIMEOUT_MS',
        'CLAUDE_STREAM_FIRST_BYTE_TIMEOUT_MS',
        'CLAUDE_ENABLE_STREAM_WATCHDOG',
      ],
    ],
  },
  {
    what: 'Anthropic, its logins, and gateways that stand in for it',
    names: [
      'ANTHROPIC_*',
      'CLAUDE_CONFIG_DIR',
      'CLAUDE_CODE_OAUTH_TOKEN',
      'CLAUDE_CODE_API_KEY_HELPER_TTL_MS',
      'CLAUDE_CODE_ATTRIBUTION_HEADER',
    ],
  },
  {
    what: 'Amazon Bedrock, Mantle, Claude on AWS',
    names: [
      ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_MANTLE', 'CLAUDE_CODE_USE_ANTHROPIC_AWS', 'AWS_*'],
      ...['CLAUDE_CODE_SKIP_BEDROCK_AUTH', 'CLAUDE_CODE_SKIP_MANTLE_AUTH', 'CLAUDE_CODE_SKIP_ANTHROPIC_AWS_AUTH'],
      ...['CLAUDE_CODE_SKIP_AWS_CRED_CACHE', 'CLAUDE_CODE_AWS_CHAIN_RESOLVE_TIMEOUT_MS'],
    ],
  },
  {
    what: 'Google Cloud',
    names: [
      ...['CLAUDE_CODE_USE_VERTEX', 'CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD', 'CLOUD_ML_REGION', 'VERTEX_REGION_*'],
      ...['CLAUDE_CODE_SKIP_VERTEX_AUTH', 'CLAUDE_CODE_SKIP_ANTHROPIC_GOOGLE_CLOUD_AUTH', 'GOOGLE_APPLICATION_CREDENTIALS'],
      ...[
        'GOOGLE_CLOUD_PROJECT',
        'GOOGLE_CLOUD_QUOTA_PROJECT',
        'GOOGLE_EXTERNAL_ACCOUNT_*',
        'GOOGLE_API_CERTIFICATE_CONFIG',
        'GCLOUD_PROJECT',
      ],
      ...['GCE_METADATA_HOST', 'GCE_METADATA_IP', 'METADATA_SERVER_DETECTION', 'CLOUDSDK_CONFIG', 'CLOUDSDK_AUTH_ACCESS_TOKEN'],
    ],
  },
  {
    what: 'Microsoft Foundry',
    names: [
      ...['CLAUDE_CODE_USE_FOUNDRY', 'CLAUDE_CODE_SKIP_FOUNDRY_AUTH', 'AZURE_*', 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER'],
      ...['IDENTITY_SERVER_THUMBPRINT', 'IMDS_ENDPOINT', 'MSI_ENDPOINT', 'MSI_SECRET'],
    ],
  },
  {
    what: 'betas, models, prompt caching',
    names: [
      ...['CLAUDE_CODE_DISABLE_EXPERIMENTAL_BETAS', 'CLAUDE_CODE_DISABLE_1M_CONTEXT', 'CLAUDE_CODE_DISABLE_MODEL_ACCESS_FALLBACK'],
      ...['CLAUDE_CODE_MODEL_CAPABILITIES', 'CLAUDE_CODE_MAX_OUTPUT_TOKENS', 'CLAUDE_CODE_ADDITIONAL_PROTECTION'],
      ...['DISABLE_PROMPT_CACHING', 'DISABLE_PROMPT_CACHING_*', 'ENABLE_PROMPT_CACHING_1H', 'ENABLE_PROMPT_CACHING_1H_BEDROCK'],
      ...['FORCE_PROMPT_CACHING_5M', 'CLAUDE_CODE_PROMPT_CACHE_TTL', 'CLAUDE_CODE_MESSAGES_PROMPT_CACHE_TTL'],
    ],
  },
];
