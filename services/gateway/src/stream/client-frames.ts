import { ResonantError } from '@resonant/contracts';
import { issuesOf } from '@resonant/service';
import { z } from 'zod';
import { filterShape } from './filter.ts';

const requestId = z.string().regex(/^[\w.:-]{1,64}$/, 'expected 1–64 letters, digits or _ . : -');
const alertId = z.string().regex(/^[0-9a-f]{32}$/, 'expected an alert id: 32 hexadecimal digits');

const shapes = {
  subscribe: z.strictObject({
    type: z.literal('subscribe'),
    id: requestId,
    filter: filterShape.default({}),
    /** Default: behind the last ack of `consumer`, if there is one, else `latest`. */
    from: z.string().min(1).max(1100).optional(),
    /** Name under which acks are kept. */
    consumer: requestId.optional(),
  }),
  unsubscribe: z.strictObject({ type: z.literal('unsubscribe'), id: requestId }),
  ack: z.strictObject({ type: z.literal('ack'), id: requestId, cursor: z.string().min(1).max(1100) }),
  acknowledge: z.strictObject({
    type: z.literal('acknowledge'),
    /** Id of this request: sent again with the same id it counts once. */
    id: requestId.optional(),
    alertId,
    actionId: z
      .string()
      .regex(/^[0-9a-f]{32}$/, 'expected an action id: 32 hexadecimal digits')
      .optional(),
    note: z.string().min(1).max(1000).optional(),
  }),
  auth: z.strictObject({ type: z.literal('auth'), token: z.string().min(1).max(512) }),
  pong: z.object({ type: z.literal('pong') }),
} as const;

type FrameType = keyof typeof shapes;

/** A frame of a client, checked. */
export type ClientFrame = z.output<(typeof shapes)[FrameType]>;
export type FrameOf<T extends FrameType> = z.output<(typeof shapes)[T]>;

const names = Object.keys(shapes).join(', ');

/**
 * Reads a text frame. Throws `malformed-body` (not a JSON object) or `invalid-request` (not a frame of this protocol);
 * both carry the frame's `id` in `extra` as far as it has one.
 */
export function parseClientFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ResonantError('malformed-body', `expected a JSON object: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ResonantError('malformed-body', 'expected a JSON object with a type');
  }
  const { type, id } = value as Readonly<Record<string, unknown>>;
  const extra = typeof id === 'string' ? { id: id.slice(0, 64) } : {};
  if (typeof type !== 'string' || !Object.hasOwn(shapes, type)) {
    throw new ResonantError('invalid-request', `type: expected one of ${names}`, { extra });
  }
  const parsed = shapes[type as FrameType].safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = issuesOf(parsed.error);
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new ResonantError('invalid-request', `${type}: ${detail}`, { extra: { ...extra, errors } });
}
