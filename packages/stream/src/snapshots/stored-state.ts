import type { Snapshot, StatePart } from '@resonant/contracts';
import { placeOf, type StoredKeys, type StoredPart } from './part-keys.ts';

/** The latest record of each key of one partition of a state topic. */
export interface StateRecords {
  readonly head: Snapshot | undefined;
  readonly chunks: ReadonlyMap<string, StatePart>;
}

/** What stands in one partition of a state topic. */
export interface StoredState extends StoredKeys {
  readonly head: Snapshot | undefined;
  /** Parts of the snapshot that `head` names. */
  readonly state: ReadonlyMap<string, string>;
  /** Why that snapshot is not whole; undefined = it is. */
  readonly damage: string | undefined;
}

/** Chunks that were written together. */
interface Version {
  readonly offset: number;
  readonly chunks: { readonly key: string; readonly chunk: StatePart }[];
}

const isComplete = ({ chunks }: Version): boolean => chunks.length === Math.max(1, chunks[0]?.chunk.chunks ?? 0);
const isGone = ({ chunks }: Version): boolean => chunks[0]?.chunk.chunks === 0;
const keysIn = ({ chunks }: Version): readonly string[] => chunks.map(({ key }) => key);

/** `puttingTogether` in one go. */
export function storedState(records: StateRecords): StoredState {
  const steps = puttingTogether(records);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Puts together the snapshot that the head names, in steps of a part at most: of each part the latest version up to the
 * head's offset. What was written for a snapshot that was never completed lies behind that offset.
 */
export function* puttingTogether({ head, chunks }: StateRecords): Generator<void, StoredState> {
  const state = new Map<string, string>();
  const parts = new Map<string, StoredPart>();
  const leftovers = new Map<string, string[]>();
  const end = head?.offset ?? -1;
  const unfinished: string[] = [];
  let damage: string | undefined;
  for (const [name, versions] of yield* versionsByPart(chunks)) {
    yield;
    const valid = versions.filter(({ offset }) => offset <= end).sort((a, b) => b.offset - a.offset);
    for (const version of versions) if (version.offset > end) unfinished.push(...keysIn(version));
    const latest = valid[0];
    if (latest !== undefined && !isComplete(latest)) damage ??= `part ${name} lacks chunks`;
    const kept = latest === undefined || isGone(latest) ? undefined : latest;
    if (kept !== undefined) {
      const bytes = Buffer.concat(kept.chunks.toSorted(byPlace).map(({ chunk }) => chunk.state));
      state.set(name, bytes.toString());
      parts.set(name, { place: placeOf(kept.chunks[0]?.key ?? ''), bytes: bytes.length, chunks: kept.chunks.length });
    }
    // The latest last: the mark that a part is gone has to outlive what it was.
    const left = valid
      .filter((version) => version !== kept)
      .reverse()
      .flatMap(keysIn);
    if (left.length > 0) leftovers.set(name, left);
  }
  if (head !== undefined && state.size !== head.parts) damage ??= `it has ${state.size} parts of ${head.parts}`;
  return { head, state, parts, leftovers, damage, unfinished };
}

const byPlace = (a: { readonly chunk: StatePart }, b: { readonly chunk: StatePart }): number =>
  a.chunk.chunk - b.chunk.chunk;

function* versionsByPart(chunks: StateRecords['chunks']): Generator<void, Map<string, Version[]>> {
  const byPart = new Map<string, Version[]>();
  for (const [key, chunk] of chunks) {
    yield;
    const versions = byPart.get(chunk.part) ?? [];
    byPart.set(chunk.part, versions);
    const version = versions.find(
      ({ offset, chunks: [first] }) => offset === chunk.offset && placeOf(first?.key ?? '') === placeOf(key),
    );
    if (version === undefined) versions.push({ offset: chunk.offset, chunks: [{ key, chunk }] });
    else version.chunks.push({ key, chunk });
  }
  return byPart;
}
