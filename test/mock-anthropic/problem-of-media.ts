import type { BlockParam, MessageParam } from './messages-body.ts';

/** https://platform.claude.com/docs/en/build-with-claude/vision#evaluate-image-size */
const mostImages = 100;
const mostImageBytes = 5 * 1024 * 1024;
const mostPixels = 8000;
/** A side of each picture, where there are more than twenty. */
const mostPixelsOfMany = 2000;
/** https://platform.claude.com/docs/en/build-with-claude/pdf-support#check-pdf-requirements */
const mostPages = 100;

/** What the API refuses of pictures and documents, in about its words; undefined for nothing. */
export function problemOfMedia(messages: readonly MessageParam[]): string | undefined {
  const blocks = messages.flatMap(({ content }) => mediaIn(content));
  const images = blocks.filter(({ type }) => type === 'image');
  if (images.length > mostImages) return `Too many images: ${images.length} > ${mostImages}`;
  const most = images.length > 20 ? mostPixelsOfMany : mostPixels;
  for (const { source } of images) {
    const { data, media_type: type } = source ?? {};
    if (typeof data !== 'string') continue;
    if (data.length > mostImageBytes) return `image exceeds 5 MB maximum: ${data.length} bytes > ${mostImageBytes} bytes`;
    if (type === 'image/png' && sidesOf(data).some((side) => side > most))
      return `At least one of the image dimensions exceed max allowed size: ${most} pixels`;
  }
  const pages = blocks.reduce((sum, { type, source }) => sum + (type === 'document' ? pagesOf(source) : 0), 0);
  return pages > mostPages ? `A maximum of ${mostPages} PDF pages may be provided.` : undefined;
}

function mediaIn(content: string | readonly BlockParam[] | undefined): readonly BlockParam[] {
  if (content === undefined || typeof content === 'string') return [];
  return content.flatMap((block) => (block.type === 'tool_result' ? mediaIn(block.content) : [block]));
}

/** Of a PNG: its header stands at a fixed place. */
function sidesOf(data: string): number[] {
  const head = Buffer.from(data.slice(0, 40), 'base64');
  return head.length < 24 ? [] : [head.readUInt32BE(16), head.readUInt32BE(20)];
}

/** Of a plain PDF, which names its pages. */
function pagesOf(source: BlockParam['source']): number {
  const { data, media_type: type } = source ?? {};
  if (type !== 'application/pdf' || typeof data !== 'string') return 0;
  return (
    Buffer.from(data, 'base64')
      .toString('latin1')
      .match(/\/Type\s*\/Page(?![a-zA-Z])/g)?.length ?? 0
  );
}
