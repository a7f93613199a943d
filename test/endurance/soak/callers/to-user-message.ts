import { withMarker, type Marker } from './marker.ts';

export function toUserMessage(text: string, marker: Marker): object {
  return { role: 'user', content: withMarker(text, marker) };
}
