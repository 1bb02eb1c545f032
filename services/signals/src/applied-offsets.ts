import type { Admin } from '@resonant/kafka';

/** Which offsets of a table's topic have been applied, and a way to wait until that is all there was. */
export class AppliedOffsets {
  readonly topic: string;
  readonly #applied = new Map<number, number>();
  #moved = Promise.withResolvers<void>();

  constructor(topic: string) {
    this.topic = topic;
  }

  /** Everything before `nextOffset` of a partition is applied. */
  passed(partition: number, nextOffset: number): void {
    this.#applied.set(partition, nextOffset);
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  /** Next offset to apply by partition; a partition that was always empty is not in it. */
  get offsets(): readonly { readonly partition: number; readonly offset: number }[] {
    return [...this.#applied].sort(([a], [b]) => a - b).map(([partition, offset]) => ({ partition, offset }));
  }

  /** Resolves when everything is applied that stood in the topic at the call. */
  async reachEnd(admin: Admin): Promise<void> {
    const ends = await admin.offsets(this.topic);
    while (ends.some(({ partition, earliest, latest }) => (this.#applied.get(partition) ?? earliest) < latest)) {
      await this.#moved.promise;
    }
  }
}
