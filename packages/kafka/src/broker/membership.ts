import { assign, type Claimant } from '../assignment.ts';
import type { TopicPartition } from '../port.ts';
import { MemberAssignment, MemberMetadata } from './internals.ts';

/** Name of our assignor among the group's members; another way of assigning gets another name. */
export const protocolName = 'resonant-sticky';

interface Claim {
  readonly generation: number;
  readonly owned: readonly TopicPartition[];
}

/** What a member tells the group's leader: its topics, and what it owned before. */
export const encodeMetadata = (topics: readonly string[], claim: Claim): Buffer =>
  MemberMetadata.encode({ version: 0, topics, userData: Buffer.from(JSON.stringify(claim)) });

function claimantOf(id: string, metadata: Buffer): Claimant {
  const { topics, userData } = MemberMetadata.decode(metadata);
  const text = userData?.toString('utf8') ?? '';
  const { generation, owned }: Claim = text === '' ? { generation: -1, owned: [] } : JSON.parse(text);
  return { id, topics, owned, generation };
}

/** The leader's part: everyone's share, encoded. */
export function encodeAssignments(
  members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
  partitions: readonly TopicPartition[],
): { memberId: string; memberAssignment: Buffer }[] {
  const shares = assign(
    members.map(({ memberId, memberMetadata }) => claimantOf(memberId, memberMetadata)),
    partitions,
  );
  return [...shares].map(([memberId, share]) => {
    const assignment: Record<string, number[]> = {};
    for (const { topic, partition } of share) assignment[topic] = [...(assignment[topic] ?? []), partition];
    return { memberId, memberAssignment: MemberAssignment.encode({ version: 0, assignment }) };
  });
}

export function decodeAssignment(bytes: Buffer): TopicPartition[] {
  const assignment = MemberAssignment.decode(bytes)?.assignment ?? {};
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}
