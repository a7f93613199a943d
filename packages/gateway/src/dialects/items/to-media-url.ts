import { toBase64 } from '../../basics/base64.ts';
import type { DocumentBlock, ImageBlock } from '../../turn/content-block.ts';

/** Where a picture or document is: the URL that the caller gave, or all of it in a data URL. */
export function toMediaUrl({ source }: ImageBlock | DocumentBlock): string {
  switch (source.type) {
    case 'url':
      return source.url;
    case 'base64':
      return `data:${source.media_type};base64,${source.data}`;
    case 'text':
      return `data:${source.media_type};base64,${toBase64(new TextEncoder().encode(source.data))}`;
  }
}
