/** A pure Hono app: `export default` it on Bun, Deno or a worker, or give its `fetch` to any server. */
export declare const app: import("hono").Hono<{
    Variables: import("@claude-code-api/gateway").RequestContext;
}, import("hono/types").BlankSchema, "/">;
