/** The entry `@claude-code-api/gateway/openapi`: the OpenAPI document of all that a gateway can answer. `GatewayOptions.documents` serves it. */
export { openapiDocument, type OpenapiDocument, type OpenapiOptions } from './openapi/openapi-document.ts';
