import { badRequest, type GatewayError } from '../gateway-error.ts';
import type { DocumentBlock, ImageBlock } from '../turn/content-block.ts';
import { textOfBase64 } from '../basics/base64.ts';
import { imageSizeOf } from './image-size.ts';

/** What the Messages API takes: 5 MB for a picture, counted in base64, 32 MB for a request. */
const maxImageCharacters = 5_242_880;
const maxDocumentBytes = 33_554_432;

export interface MediaReference {
  /** A data URL, an http(s) URL, bare base64 where `bare` says so, or a path on the server. */
  readonly location: string;
  readonly kind: 'image' | 'document';
  readonly title?: string | undefined;
  /** Whether something without a scheme is base64 instead of a path. */
  readonly bare: boolean;
  /** The field at fault when it can't be used. */
  readonly param: string;
}

/** Where things are read that a caller names, as base64. */
export interface MediaSource {
  /** Undefined where paths are not open to callers. */
  readonly readFile: ((path: string) => Promise<string>) | undefined;
  /** Undefined where Claude fetches URLs itself. */
  readonly fetchUrl: ((url: string) => Promise<string>) | undefined;
  /**
   * Counts what a request has.
   *
   * @throws {GatewayError} When that is too much.
   */
  readonly count: (base64: string) => void;
}

/**
 * Turns what a caller points at into a block of Claude's. Bytes are judged by what they are, not by what they are called.
 *
 * @throws {GatewayError} 400 that says what is wrong with it.
 */
export async function toMediaBlock(reference: MediaReference, source: MediaSource): Promise<ImageBlock | DocumentBlock> {
  const { location } = reference;
  if (/^https?:\/\//i.test(location) && source.fetchUrl === undefined) return fromUrl(reference);
  const base64 = await toText(reference, source);
  source.count(base64);
  return fromBase64(base64, reference);
}

async function toText(reference: MediaReference, { readFile, fetchUrl }: MediaSource): Promise<string> {
  const { location, bare } = reference;
  if (/^https?:\/\//i.test(location) && fetchUrl !== undefined) return fetchUrl(location);
  const data = /^data:[^,]*;base64,/i.exec(location);
  if (data !== null) return location.slice(data[0].length);
  if (/^[a-z][a-z\d+.-]*:/i.test(location))
    throw invalid(reference, `its scheme is not supported. Send a data URL in base64, or an http(s) URL.`);
  if (bare) return location;
  if (readFile !== undefined) return readFile(location);
  const why = 'paths on the server are not open to callers. Send a data URL or an http(s) URL; the operator can open directories.';
  throw invalid(reference, why).with({ option: 'media.readLocalFile' });
}

function fromUrl({ location, kind, title }: MediaReference): ImageBlock | DocumentBlock {
  const source = { type: 'url', url: location } as const;
  return kind === 'image' ? { type: 'image', source } : { type: 'document', source, ...(title !== undefined && { title }) };
}

function fromBase64(text: string, reference: MediaReference): ImageBlock | DocumentBlock {
  const bare = text.replaceAll(/\s/g, '').replace(/={1,2}$/, '');
  const data = bare.padEnd(Math.ceil(bare.length / 4) * 4, '=');
  if (bare === '' || bare.length % 4 === 1 || !/^[A-Za-z\d+/]*$/.test(bare)) throw invalid(reference, 'it is not valid base64.');
  const bytes = Math.floor((bare.length * 3) / 4);
  const mediaType = mediaTypeOf(data);
  if (mediaType?.startsWith('image/') === true) {
    if (data.length > maxImageCharacters)
      throw invalid(reference, `a picture may have ${maxImageCharacters} bytes in base64 at most, and this one has ${data.length}.`);
    // The CLI would put a text in its place.
    if (imageSizeOf(data, mediaType) === undefined) throw invalid(reference, 'the picture is damaged: its header does not tell its size.');
    return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
  }
  if (reference.kind === 'image') throw invalid(reference, 'it is none of the kinds of picture that Claude reads: PNG, JPEG, GIF, WebP.');
  if (bytes > maxDocumentBytes)
    throw invalid(reference, `a document may have ${maxDocumentBytes} bytes at most, and this one has ${bytes}.`);
  const title = reference.title === undefined ? {} : { title: reference.title };
  if (mediaType === 'application/pdf') return { type: 'document', source: { type: 'base64', media_type: mediaType, data }, ...title };
  const content = textOfBase64(data);
  if (content === undefined || content.includes('\0'))
    throw invalid(reference, 'it is none of the kinds of file that Claude reads: PDF, plain text in UTF-8, PNG, JPEG, GIF, WebP.');
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data: content }, ...title };
}

function invalid({ param }: MediaReference, why: string): GatewayError {
  return badRequest(`Invalid value for '${param}': ${why}`, param);
}

/** How files of a kind begin, as Latin-1 text; `.` stands for any byte. */
const signatures: readonly (readonly [mediaType: string, beginning: string])[] = [
  ['image/png', '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', '\xff\xd8\xff'],
  ['image/gif', 'GIF8.a'],
  ['image/webp', 'RIFF....WEBP'],
  ['application/pdf', '%PDF-'],
];

/** Tells what bytes are by how they begin, given in base64; undefined for none of the kinds that Claude reads. */
function mediaTypeOf(base64: string): string | undefined {
  let beginning: string;
  try {
    beginning = atob(base64.slice(0, 24));
  } catch {
    return undefined;
  }
  return signatures.find(([, signature]) => Array.from(signature).every((each, index) => each === '.' || each === beginning[index]))?.[0];
}
