const piece = 0x8000;

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += piece) binary += String.fromCharCode(...bytes.subarray(start, start + piece));
  return btoa(binary);
}

/** @throws What the runtime throws for what is not base64. */
export function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  // A loop: by `Uint8Array.from` 20 MB take seconds.
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** Base64 as UTF-8 text; undefined when it is not that. */
export function textOfBase64(base64: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fromBase64(base64));
  } catch {
    return undefined;
  }
}
