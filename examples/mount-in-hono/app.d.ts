import { type ClaudeRunner } from '@claude-code-api/gateway';
import { Hono } from 'hono';
/** A server of your own, with Claude Code under `/claude`: clients use `https://your.host/claude/v1` as their base URL. */
export declare function createApp(runner: ClaudeRunner): Hono;
