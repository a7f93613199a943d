/** How an agent's use of its own tools is told: not at all; beside the answer; as lines of its reasoning. */
export type ActivityMode = (typeof activityModes)[number];

export const activityModes = ['none', 'events', 'reasoning'] as const;
