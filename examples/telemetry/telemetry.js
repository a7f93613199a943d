import { NodeSDK } from '@opentelemetry/sdk-node';

// Where to, and all else, is read from the environment: OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_SAMPLER...
const sdk = new NodeSDK({ serviceName: process.env.OTEL_SERVICE_NAME ?? 'claude-code-api' });
sdk.start();

// The server has ended all by then; what is not sent yet is sent now.
process.once('beforeExit', () => void sdk.shutdown());
