const aliases = ['sonnet', 'opus', 'haiku'] as const;

/** Variables that tell a CLI what one before it has found out: which models it may use on a cloud takes paid requests. */
export function pinnedModels(fullName: (alias: string) => string | undefined): Record<string, string> {
  return Object.fromEntries(
    aliases.flatMap((alias) => {
      const model = fullName(alias);
      return model === undefined ? [] : [[`ANTHROPIC_DEFAULT_${alias.toUpperCase()}_MODEL`, model]];
    }),
  );
}
