/** What the names of all metrics begin with that are not of the process in general. */
export const metricPrefix = 'claude_code_api_';
