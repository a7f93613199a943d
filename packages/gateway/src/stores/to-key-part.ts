import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** Makes a part of a key from any text: 32 hexadecimal digits of its SHA-256. Drivers take some texts for others, and these never. */
export function toKeyPart(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 16));
}
