import type { Settings } from '../config/settings-schema.ts';

const secretName = /(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS|AUTHORIZATION)$/i;

/**
 * The secrets that the server is given, for the log to know: the values of environment variables whose names say so, such as
 * `ANTHROPIC_API_KEY`, the password of `storage.url`, `embeddings.key`, `claude.runner_token`, `responses.seal_key`, and what MCP servers of profiles are given likewise.
 */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>, settings: Settings): string[] {
  const ofServers = Object.values(settings.profiles)
    .flatMap((profile) => Object.values(profile.mcp_servers))
    .flatMap((server) => [...secretsIn(server.env ?? {}), ...secretsIn(server.headers ?? {})]);
  const ofEmbeddings = settings.embeddings.key === undefined ? [] : [settings.embeddings.key];
  const ofMachines = settings.claude.runner_token === undefined ? [] : [settings.claude.runner_token];
  const { seal_key: sealKeys = [] } = settings.responses;
  return [...secretsIn(environment), ...passwordOf(settings.storage.url), ...ofEmbeddings, ...ofMachines, ...sealKeys, ...ofServers];
}

function secretsIn(values: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || !secretName.test(name)) return [];
    return [value.replace(/^(?:Bearer|Basic) +/i, '')];
  });
}

function passwordOf(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return [];
  const { password } = new URL(url);
  return password === '' ? [] : [password, decode(password)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
