import { badRequest } from '../../gateway-error.ts';
import { fromBase64, toBase64 } from '../../basics/base64.ts';

/** Seals what callers keep for the server, so that they can neither read nor change it, and nobody else can give it back. */
export interface Sealer {
  seal(text: string, tenant: string): Promise<string>;
  /**
   * Opens a seal.
   *
   * @param place Where the request has it, for errors.
   * @returns Undefined for what was not sealed with this key.
   * @throws {GatewayError} 400 when it was changed, or is another tenant's.
   */
  open(seal: string, tenant: string, place: string): Promise<string | undefined>;
}

/** Its name and its version; then the key's id, a dot, and what is sealed. */
const prefix = 'ccs1_';
const ivBytes = 12;

/** Any text that is hard to guess, or several: the first one seals, and all open. */
export type SealKey = string | readonly string[];

interface ReadyKey {
  /** What the key's seals begin with. */
  readonly beginning: string;
  readonly key: CryptoKey;
}

/**
 * Makes a sealer: AES-GCM of 256 bits by WebCrypto, with the tenant as additional data.
 *
 * @param key The same on all servers that open each other's seals. It is asked for at the first use.
 * @see https://www.w3.org/TR/WebCryptoAPI/#aes-gcm
 */
export function createSealer(key: () => SealKey | Promise<SealKey>): Sealer {
  let ready: readonly ReadyKey[] | undefined;

  /** Nobody waits for what another asks for: on workers that may never come. The first answer is for all. */
  const prepared = async (): Promise<readonly ReadyKey[]> => ready ?? prepare(key).then((made) => (ready ??= made));

  return {
    async seal(text, tenant) {
      const [first] = await prepared();
      if (first === undefined) throw new Error('no key');
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: bytesOf(tenant) }, first.key, bytesOf(text));
      const bytes = new Uint8Array(ivBytes + sealed.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(sealed), ivBytes);
      return first.beginning + toUrlText(bytes);
    },

    async open(seal, tenant, place) {
      const own = (await prepared()).find(({ beginning }) => seal.startsWith(beginning));
      if (own === undefined) return undefined;
      try {
        const bytes = fromUrlText(seal.slice(own.beginning.length));
        const algorithm = { name: 'AES-GCM', iv: bytes.subarray(0, ivBytes), additionalData: bytesOf(tenant) };
        return new TextDecoder().decode(await crypto.subtle.decrypt(algorithm, own.key, bytes.subarray(ivBytes)));
      } catch {
        throw badRequest(
          `Invalid value for '${place}': it is not as this server has given it to you. Send it unchanged, or leave the item out.`,
          place,
          'invalid_encrypted_content',
        );
      }
    },
  };
}

async function prepare(key: () => SealKey | Promise<SealKey>): Promise<readonly ReadyKey[]> {
  const given = await key();
  return Promise.all((typeof given === 'string' ? [given] : given).map(toReadyKey));
}

async function toReadyKey(key: string): Promise<ReadyKey> {
  const digest = await sha256(`claude-code-api seal ${key}`);
  const id = toUrlText((await sha256(toUrlText(digest))).subarray(0, 6));
  return { beginning: `${prefix}${id}.`, key: await crypto.subtle.importKey('raw', digest, 'AES-GCM', false, ['encrypt', 'decrypt']) };
}

async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytesOf(text)));
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Base64 for URLs, without padding. */
function toUrlText(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromUrlText(text: string): Uint8Array<ArrayBuffer> {
  return fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
}
