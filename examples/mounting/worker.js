import { createGateway } from '@claude-code-api/gateway';
import { createScriptedRunner } from '@claude-code-api/gateway/testing';

// There are no processes on the edge. In the place of this runner, which answers by itself: one that asks something else over fetch.
const gateway = createGateway({ runner: createScriptedRunner() });

export default { fetch: (request) => gateway.fetch(request) };
