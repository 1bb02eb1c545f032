import { ResonantError, whyUnreadable } from '@resonant/contracts';
import type { SchemaRegistry } from '../port.ts';

/** Schema ids in memory, with the registry's BACKWARD_TRANSITIVE check. The same schema has one id in every subject. */
export class MemoryRegistry implements SchemaRegistry {
  readonly #schemas: object[] = [];
  readonly #texts = new WeakMap<object, string>();
  readonly #idOf = new Map<string, number>();
  readonly #subjects = new Map<string, number[]>();

  async register(subject: string, schema: object): Promise<number> {
    const text = this.#texts.get(schema) ?? JSON.stringify(schema);
    this.#texts.set(schema, text);
    const versions = this.#subjects.get(subject) ?? [];
    const known = this.#idOf.get(text);
    if (known !== undefined && versions.includes(known)) return known;
    for (const id of versions) {
      const reason = whyUnreadable(schema, this.#schemas[id - 1]);
      if (reason !== undefined) {
        throw new ResonantError(
          'incompatible-schema',
          `${subject}: records of schema ${id} become unreadable: ${reason}`,
        );
      }
    }
    const id = known ?? this.#schemas.push(structuredClone(schema));
    this.#idOf.set(text, id);
    this.#subjects.set(subject, [...versions, id]);
    return id;
  }

  async schemaById(id: number): Promise<unknown> {
    return this.#schemas[id - 1];
  }
}
