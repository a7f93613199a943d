export const plain = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
export const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
export const short = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
export const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
export const minutes = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
export const nothing = '–';

export const toCount = (value) => plain.format(value);
export const toShortCount = (value) => (value < 1_000_000 ? plain.format(value) : compact.format(value));
export const toShare = (part, whole) => (whole === 0 ? nothing : `${short.format((part / whole) * 100)} %`);
export const toClock = (seconds) => clock.format(seconds * 1000);

export function toMs(value) {
  if (value === null) return nothing;
  if (value < 999.5) return `${short.format(value)} ms`;
  if (value < 60_000) return `${short.format(value / 1000)} s`;
  return toSpan(value / 1000);
}

export function toUsd(value) {
  if (value === 0) return '$0';
  if (value >= 0.1) return `$${value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  return `$${value.toLocaleString('en', { maximumSignificantDigits: 2, maximumFractionDigits: 20 })}`;
}

export function toBytes(value) {
  if (value < 1e9) return `${plain.format(value / 1e6)} MB`;
  return `${short.format(value / 1e9)} GB`;
}

export function toSpan(seconds) {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [Math.floor(seconds) % 60, 's'],
  ];
  const from = parts.findIndex(([amount]) => amount > 0);
  if (from < 0) return '0 s';
  return parts
    .slice(from, from + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ');
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
export const toDay = (seconds) => day.format(seconds * 1000);
