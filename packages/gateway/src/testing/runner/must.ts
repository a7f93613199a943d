import { mustOf, type Must } from '../expectations.ts';

export const must: Must = mustOf('ClaudeRunner');
