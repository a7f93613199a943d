export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads how large a picture is from its header, without decoding the rest of it; undefined for a damaged one.
 *
 * @param data Base64.
 * @param mediaType One of those of `mediaTypeOf`.
 */
export function imageSizeOf(data: string, mediaType: string): ImageSize | undefined {
  const size = readers[mediaType]?.((from, count) => bytesOf(data, from, count));
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined;
}

/** Gives so many bytes from a place; fewer where they end. */
type Read = (from: number, count: number) => Uint8Array;

const readers: Readonly<Record<string, (read: Read) => ImageSize | undefined>> = {
  'image/png': (read) => ({ width: toBig(read(16, 4)), height: toBig(read(20, 4)) }),
  'image/gif': (read) => ({ width: toLittle(read(6, 2)), height: toLittle(read(8, 2)) }),
  'image/webp': ofWebp,
  'image/jpeg': ofJpeg,
};

/** @see https://developers.google.com/speed/webp/docs/riff_container */
function ofWebp(read: Read): ImageSize | undefined {
  const kind = String.fromCharCode(...read(12, 4));
  if (kind === 'VP8 ') return { width: toLittle(read(26, 2)) & 0x3fff, height: toLittle(read(28, 2)) & 0x3fff };
  if (kind === 'VP8X') return { width: toLittle(read(24, 3)) + 1, height: toLittle(read(27, 3)) + 1 };
  if (kind !== 'VP8L') return undefined;
  const bits = toLittle(read(21, 4));
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** A camera writes some twenty; a hostile picture could have millions. */
const maxSegments = 2000;

/** Goes from segment to segment until one that tells the size. */
function ofJpeg(read: Read): ImageSize | undefined {
  let place = 2;
  for (let segment = 0; segment < maxSegments; segment += 1) {
    const [mark, kind = 0, high = 0, low = 0] = read(place, 4);
    if (mark !== 0xff) return undefined;
    const length = high * 256 + low;
    // SOF0 to SOF15, but for the three that mean something else.
    if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind))
      return { width: toBig(read(place + 7, 2)), height: toBig(read(place + 5, 2)) };
    // A mark may be filled up with more of its first byte.
    place += kind === 0xff ? 1 : 2 + length;
  }
  return undefined;
}

function bytesOf(data: string, from: number, count: number): Uint8Array {
  const group = Math.floor(from / 3);
  const binary = atob(data.slice(group * 4, (Math.ceil((from + count) / 3) + 1) * 4));
  const start = from - group * 3;
  return Uint8Array.from(binary.slice(start, start + count), (character) => character.charCodeAt(0));
}

function toBig(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

function toLittle(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
