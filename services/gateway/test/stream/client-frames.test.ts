import { describe, expect, test } from '@jest/globals';
import { ResonantError } from '@resonant/contracts';
import { parseClientFrame } from '../../src/stream/client-frames.ts';
import { errorFrame } from '../../src/stream/server-frames.ts';
import { alertIdOf } from '../support/alerts.ts';

const alertId = alertIdOf('x');

describe('frames of a client', () => {
  test.each([
    [
      { type: 'subscribe', id: 'a' },
      { type: 'subscribe', id: 'a', filter: {} },
    ],
    [
      { type: 'subscribe', id: 'a', from: '15m', consumer: 'desk-1' },
      { type: 'subscribe', id: 'a', filter: {}, from: '15m', consumer: 'desk-1' },
    ],
    [
      { type: 'unsubscribe', id: 'a' },
      { type: 'unsubscribe', id: 'a' },
    ],
    [
      { type: 'ack', id: 'a', cursor: 'AQ' },
      { type: 'ack', id: 'a', cursor: 'AQ' },
    ],
    [
      { type: 'acknowledge', alertId },
      { type: 'acknowledge', alertId },
    ],
    [
      { type: 'auth', token: 'rsn_x_y' },
      { type: 'auth', token: 'rsn_x_y' },
    ],
    [{ type: 'pong', at: 'whenever' }, { type: 'pong' }],
  ])('reads %j', (frame, expected) => expect(parseClientFrame(JSON.stringify(frame))).toEqual(expected));

  test.each([
    ['not JSON', '{"type":', 'malformed-body', undefined],
    ['no object', '[1]', 'malformed-body', undefined],
    ['null', 'null', 'malformed-body', undefined],
    ['no type', '{"id":"a"}', 'invalid-request', 'a'],
    ['an unknown type', '{"type":"shout","id":"a"}', 'invalid-request', 'a'],
    ['a type of Object.prototype', '{"type":"toString"}', 'invalid-request', undefined],
    ['an id that is no text', '{"type":"subscribe","id":7}', 'invalid-request', undefined],
    ['an unknown field', '{"type":"subscribe","id":"a","fliter":{}}', 'invalid-request', 'a'],
    ['a bad filter', '{"type":"subscribe","id":"a","filter":{"severity":1}}', 'invalid-request', 'a'],
    ['a short alert id', '{"type":"acknowledge","alertId":"12"}', 'invalid-request', undefined],
  ])('refuses %s', (_what, text, code, id) => {
    let error: unknown;
    try {
      parseClientFrame(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ResonantError);
    const frame = JSON.parse(errorFrame(error as ResonantError)) as Record<string, unknown>;
    expect(frame).toMatchObject({ type: 'error', problem: `urn:resonant:error:${code}`, retryable: false });
    expect(frame.id).toBe(id);
  });
});
