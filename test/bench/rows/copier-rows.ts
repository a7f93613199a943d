import type { Row } from './row.ts';

/** How much of what a server adds no server can do without: over HTTP, from the CLI's lines. */
export function copierRows(kind: string, { gateway, least, direct }: Readonly<Record<'gateway' | 'least' | 'direct', number>>): [Row, Row] {
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  const copied = 'a server that checks and keeps nothing, and only copies the lines';
  return [
    { measure: `first token, ${kind}`, value: ms(gateway), against: `${copied}: ${ms(least)}`, result: gateway / least, unit: 'x' },
    {
      measure: `first token, ${kind}, of ${copied}`,
      value: ms(least),
      against: `CLI by hand: ${ms(direct)}`,
      result: least / direct,
      unit: 'x',
    },
  ];
}
