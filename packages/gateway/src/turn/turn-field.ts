/** What the engine and runners call the fields of a request that they have something to say of, as `param` of an error or as what has no effect. */
export const turnFields = ['temperature', 'topP', 'topK', 'seed', 'thinking', 'messages', 'tools', 'outputSchema'] as const;

export type TurnField = (typeof turnFields)[number];
