import { expect, test } from 'vitest';
import { createGateway } from '../../create-gateway.ts';
import { createScriptedRunner } from '../../testing/create-scripted-runner.ts';

const lost = { type: 'object', properties: { x: { $ref: '#/x' } } };
const messages = [{ role: 'user', content: 'hi' }];
const ofTool = 'invalid_function_parameters';
const ofOutput = 'invalid_json_schema';

const chat = '/v1/chat/completions';
const responses = '/v1/responses';
const anthropic = '/v1/messages';
const chatTool = (fields: object): object => ({ type: 'function', function: { name: 'f', ...fields } });
const responsesTool = (fields: object): object => ({ type: 'function', name: 'f', ...fields });
const custom = { type: 'custom', name: 'a', custom: { name: 'a' } };

/** The place is the caller's own, however the tools are sorted. */
test.each<[path: string, body: object, place: string, code: string]>([
  [chat, { tools: [custom, chatTool({ parameters: { type: 'string' } })] }, 'tools[1].function.parameters', ofTool],
  [chat, { tools: [chatTool({ parameters: lost, strict: true })] }, 'tools[0].function.parameters', ofTool],
  [chat, { tools: [{ type: 'function', name: 'f', parameters: { type: 5 } }] }, 'tools[0].parameters', ofTool],
  [chat, { tools: [{ name: 'f', input_schema: { type: 'array' } }] }, 'tools[0].input_schema', ofTool],
  [chat, { functions: [{ name: 'a' }, { name: 'f', parameters: { type: 'string' } }] }, 'functions[1].parameters', ofTool],
  [
    chat,
    { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: lost } } },
    'response_format.json_schema.schema',
    ofOutput,
  ],
  [responses, { tools: [custom, responsesTool({ parameters: { type: 'string' } })] }, 'tools[1].parameters', ofTool],
  [responses, { tools: [responsesTool({ parameters: lost, strict: true })] }, 'tools[0].parameters', ofTool],
  [
    responses,
    { tools: [{ type: 'namespace', name: 'n', tools: [responsesTool({ parameters: { type: 'string' } })] }] },
    'tools[0].tools[0].parameters',
    ofTool,
  ],
  [
    responses,
    {
      input: [
        { role: 'user', content: 'hi' },
        { type: 'additional_tools', tools: [responsesTool({ parameters: { type: 'string' } })] },
      ],
    },
    'input[1].tools[0].parameters',
    ofTool,
  ],
  [responses, { text: { format: { type: 'json_schema', name: 'x', schema: lost } } }, 'text.format.schema', ofOutput],
  [anthropic, { tools: [{ name: 'f', input_schema: lost, strict: true }] }, 'tools', ofTool],
  [anthropic, { output_config: { format: { type: 'json_schema', schema: lost } } }, 'output_config.format', ofOutput],
])('%s %j: 400 for %s', async (path, body, place, code) => {
  for (const stream of [false, true]) {
    const runner = createScriptedRunner();
    const least = path === responses ? { input: 'hi' } : { messages, max_tokens: 10 };
    const response = await createGateway({ runner }).request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'sonnet', stream, ...least, ...body }),
    });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { type: string; param?: string; message: string } };
    expect(error.type).toBe('invalid_request_error');
    expect(JSON.stringify(error)).toContain(code);
    if (path === anthropic) expect(error.message).toContain(path === anthropic && code === ofOutput ? place : "'f'");
    else expect(error.param).toBe(place);
    expect(runner.turns).toEqual([]);
  }
});
