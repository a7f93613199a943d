/** Makes what tells somebody of something end well where it fails: that is no reason for a request to fail. */
export function safely<Facts extends readonly unknown[]>(tell: (...facts: Facts) => void): (...facts: Facts) => void {
  return (...facts) => {
    try {
      tell(...facts);
    } catch {
      // It could only be told by a log, for each request anew.
    }
  };
}
