import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ClickhouseUser } from '@resonant/cli';
import { QueryError } from './query-error.ts';

interface Credentials {
  readonly from: string;
  readonly user: string;
  readonly password: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** The endpoint's users. Passwords are compared in a time that does not depend on them. */
export class Users {
  readonly #digests: ReadonlyMap<ClickhouseUser, Buffer>;

  constructor(passwords: Readonly<Record<ClickhouseUser, string>>) {
    this.#digests = new Map(
      Object.entries(passwords).map(([user, password]) => [user as ClickhouseUser, digest(password)]),
    );
  }

  /**
   * Who asks: by Basic authorization, X-ClickHouse-User and -Key, or `user` and `password` in the URL. Throws
   * REQUIRED_PASSWORD if it is none of them and AUTHENTICATION_FAILED if it is wrong or more than one.
   */
  of(headers: IncomingHttpHeaders, search: URLSearchParams): ClickhouseUser {
    const given = [basic(headers), ownHeaders(headers), inUrl(search)].filter((found) => found !== undefined);
    if (given.length > 1) {
      throw new QueryError(
        'AUTHENTICATION_FAILED',
        `Credentials may be given once, and are given by ${given.map(({ from }) => from).join(' and ')}`,
      );
    }
    const [credentials] = given;
    if (credentials === undefined) {
      throw new QueryError(
        'REQUIRED_PASSWORD',
        'Authentication is required: use Basic authorization, X-ClickHouse-User and X-ClickHouse-Key, or user and password in the URL',
      );
    }
    const user = credentials.user as ClickhouseUser;
    // An unknown user costs the same comparison.
    const expected = this.#digests.get(user);
    const isRight = timingSafeEqual(digest(credentials.password), expected ?? digest(''));
    if (expected === undefined || !isRight) {
      throw new QueryError(
        'AUTHENTICATION_FAILED',
        `${credentials.user.slice(0, 64)}: Authentication failed: password is incorrect, or there is no user with such name.`,
      );
    }
    return user;
  }
}

function basic({ authorization }: IncomingHttpHeaders): Credentials | undefined {
  if (authorization === undefined) return undefined;
  const encoded = /^Basic +([\w+/=-]+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) {
    throw new QueryError('AUTHENTICATION_FAILED', 'The Authorization header is not supported: expected Basic');
  }
  const [user = '', ...password] = Buffer.from(encoded, 'base64').toString().split(':');
  return { from: 'the Authorization header', user, password: password.join(':') };
}

function ownHeaders(headers: IncomingHttpHeaders): Credentials | undefined {
  const [user, password] = [headers['x-clickhouse-user'], headers['x-clickhouse-key']].map(String);
  if (headers['x-clickhouse-user'] === undefined && headers['x-clickhouse-key'] === undefined) return undefined;
  return { from: 'X-ClickHouse headers', user: user as string, password: password as string };
}

function inUrl(search: URLSearchParams): Credentials | undefined {
  if (!search.has('user') && !search.has('password')) return undefined;
  return { from: 'the URL', user: search.get('user') ?? '', password: search.get('password') ?? '' };
}
