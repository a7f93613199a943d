const variable = /\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g;

/**
 * Puts environment variables in the place of `${NAME}` and `${NAME:-default}`. What they hold is taken as it is.
 *
 * @param onMissing Called with the name of a variable that is not set and has no default; it must throw.
 */
export function expandVariables(
  text: string,
  environment: Readonly<Record<string, string | undefined>>,
  onMissing: (name: string) => never,
): string {
  const valueOf = (name: string): string | undefined => (Object.hasOwn(environment, name) ? environment[name] : undefined);
  return text.replaceAll(variable, (_, name: string, fallback: string | undefined) => valueOf(name) ?? fallback ?? onMissing(name));
}
