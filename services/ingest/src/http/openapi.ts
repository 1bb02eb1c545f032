import { errorRegistry, sources } from '@resonant/contracts';
import { z } from 'zod';
import { definitions } from '../sources/index.ts';
import { mailType } from '../sources/touchpoint.ts';
import { limits } from './body.ts';

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object) => ({ 'application/json': { schema } });
const answer = (description: string, schema: object) => ({ description, content: json(schema) });

const problem = {
  description: `RFC 9457 problem document; \`type\` is urn:resonant:error:<code>, with one of the codes ${Object.keys(errorRegistry).join(', ')}`,
  content: { 'application/problem+json': { schema: ref('Problem') } },
};

/** What makes an answer a duplicate; said of each route that takes events of ours. */
const identity =
  'The id is the identity of an event for four days. The same id with the same content is stored once and answered as duplicate, however the JSON is written; with other content it is refused (id-reused) and the first one counts. Mails and webhooks are compared by id alone.';

const components = {
  securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'rsn_<keyId>_<secret>' } },
  responses: { Problem: problem },
  schemas: {
    Problem: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'retryable'],
      properties: {
        type: { type: 'string' },
        title: { type: 'string' },
        status: { type: 'integer' },
        detail: { type: 'string' },
        retryable: { type: 'boolean' },
        errors: { type: 'array', items: { type: 'object' } },
      },
    },
    Receipt: {
      type: 'object',
      required: ['id', 'eventId', 'status'],
      properties: {
        id: { type: 'string' },
        eventId: { type: 'string' },
        status: { enum: ['accepted', 'duplicate'] },
        defects: { type: 'array', items: { type: 'string' } },
      },
    },
    BatchAnswer: {
      type: 'object',
      required: ['results'],
      properties: {
        results: {
          type: 'array',
          items: {
            type: 'object',
            required: ['index', 'id', 'status'],
            properties: {
              index: { type: 'integer' },
              id: { type: ['string', 'null'] },
              status: { enum: ['accepted', 'duplicate', 'rejected'] },
              problem: ref('Problem'),
              retryable: { type: 'boolean' },
            },
          },
        },
      },
    },
    Checked: {
      type: 'object',
      required: ['status'],
      properties: {
        status: { enum: ['readable', 'ignored', 'unreadable'] },
        eventId: { type: 'string' },
        reason: { type: 'string' },
        detail: { type: 'string' },
      },
    },
    Ignored: {
      type: 'object',
      properties: { status: { enum: ['ignored', 'dead-letter'] }, reason: { type: 'string' } },
    },
  },
};

/** The OpenAPI 3.1 document of the service, its events made from the same zod schemas that check them. */
export function openApi(): object {
  const events = Object.fromEntries(sources.map((source) => [nameOf(source), schemaOf(source)]));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Resonant ingest',
      version: '1',
      description: 'Takes in what happened between customers and us. 2xx means that it is stored in Kafka.',
    },
    security: [{ apiKey: [] }],
    paths: { ...Object.fromEntries(sources.flatMap(pathsOf)), ...webhookPath },
    components: { ...components, schemas: { ...components.schemas, ...events } },
  };
}

const nameOf = (source: (typeof sources)[number]): string => definitions[source].event.meta()?.title ?? source;

function schemaOf(source: (typeof sources)[number]): object {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(definitions[source].event, { io: 'input' });
  return schema;
}

function pathsOf(source: (typeof sources)[number]): [string, object][] {
  const event = { schema: ref(nameOf(source)), example: definitions[source].example };
  const mail = source === 'emails' ? { [mailType]: { schema: { type: 'string', format: 'binary' } } } : {};
  const single = {
    summary: `One event of ${source}`,
    description: identity,
    requestBody: { required: true, content: { 'application/json': event, ...mail } },
    responses: {
      201: answer('stored', ref('Receipt')),
      200: answer('stored before', ref('Receipt')),
      409: {
        ...problem,
        description: 'conflict: another request with this id is being written; Retry-After says when it is over',
      },
      422: {
        ...problem,
        description:
          'invalid-event, occurred-in-future, or id-reused: another event was stored under this id, and that one counts',
      },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
  const batch = {
    summary: `Up to ${limits.items} events of ${source}, ${limits.body} bytes in all, ${limits.item} bytes each`,
    description: identity,
    requestBody: {
      required: true,
      content: {
        ...json({ type: 'array', maxItems: limits.items, items: ref(nameOf(source)) }),
        'application/x-ndjson': { schema: { type: 'string' } },
      },
    },
    responses: {
      200: answer('every event is stored', ref('BatchAnswer')),
      207: answer('some were refused, in the order of the request', ref('BatchAnswer')),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
  const check = {
    summary: `What one event of ${source} would become; nothing is stored`,
    requestBody: single.requestBody,
    responses: {
      200: answer('readable with its event id, ignored, or unreadable with the reason', ref('Checked')),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
  return [
    [`/v1/touchpoints/${source}`, { post: single }],
    [`/v1/touchpoints/${source}:batch`, { post: batch }],
    [`/v1/touchpoints/${source}:check`, { post: check }],
  ];
}

const parameter = (name: string) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

const webhookPath = {
  '/v1/webhooks/{vendor}/{endpointId}': {
    post: {
      summary: 'A vendor’s own payload, verified by the vendor’s own signature (github: X-Hub-Signature-256)',
      security: [],
      parameters: [parameter('vendor'), parameter('endpointId')],
      requestBody: { required: true, content: json({ type: 'object' }) },
      responses: {
        201: answer('stored', ref('Receipt')),
        200: answer('stored before, or nothing that is watched', { anyOf: [ref('Receipt'), ref('Ignored')] }),
        202: answer('signed but not understood: kept as a dead letter', ref('Ignored')),
        default: { $ref: '#/components/responses/Problem' },
      },
    },
  },
};
