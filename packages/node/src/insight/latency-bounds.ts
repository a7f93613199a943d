/** Upper bounds of the buckets of every latency, in seconds: five to a power of ten, from 1 ms to 630 s. */
export const latencyBounds: readonly number[] = [-3, -2, -1, 0, 1, 2].flatMap((exponent) =>
  // From the text, so that 0.0016 is just that.
  [1, 1.6, 2.5, 4, 6.3].map((mantissa) => Number(`${mantissa}e${exponent}`)),
);
