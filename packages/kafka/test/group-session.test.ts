import { afterEach, expect, test } from '@jest/globals';
import type { Client } from '../src/broker/client.ts';
import { GroupSession } from '../src/broker/group-session.ts';
import { type Cluster, MemberAssignment } from '../src/broker/internals.ts';

const refusal = (type: string): Error => Object.assign(new Error(type), { type });
const assignment = MemberAssignment.encode({ version: 0, assignment: { t: [0] } });

let session: GroupSession | undefined;
afterEach(() => session?.leave());

/** A session whose coordinator gives the member an id and refuses the first sync with `type`. */
function bench(type: string) {
  const memberIds: string[] = [];
  const assigned: number[] = [];
  let refusals = 1;
  const coordinator = {
    joinGroup: async ({ memberId }: { readonly memberId: string }) => {
      memberIds.push(memberId);
      return {
        memberId: `member-${memberIds.length}`,
        generationId: memberIds.length,
        leaderId: 'another',
        members: [],
      };
    },
    syncGroup: async () => {
      if (refusals-- > 0) throw refusal(type);
      return { memberAssignment: assignment };
    },
    heartbeat: async () => undefined,
    leaveGroup: async () => undefined,
  };
  const cluster = {
    connect: async () => undefined,
    addMultipleTargetTopics: async () => undefined,
    findGroupCoordinator: async () => coordinator,
  };
  session = new GroupSession({
    open: () => ({ cluster: () => cluster as unknown as Cluster, dispose: () => undefined }) as unknown as Client,
    group: 'g',
    topics: ['t'],
    sessionTimeoutMs: 10_000,
    instanceId: 'i-1',
    onLog: () => undefined,
    assigned: (partitions) => void assigned.push(...partitions.map(({ partition }) => partition)),
    lost: () => undefined,
    failed: () => undefined,
  });
  return { session, memberIds, assigned };
}

test('a coordinator that forgets the member before it has its share takes it in as a new one', async () => {
  const { session, memberIds, assigned } = bench('UNKNOWN_MEMBER_ID');
  await session.start();
  expect(memberIds).toEqual(['', '']);
  expect(assigned).toEqual([0]);
});

test('a sync that meets a rebalance is tried again under the same member id', async () => {
  const { session, memberIds } = bench('REBALANCE_IN_PROGRESS');
  await session.start();
  expect(memberIds).toEqual(['', 'member-1']);
});

test('an instance id that another process has taken ends the start at once', async () => {
  const { session, memberIds } = bench('FENCED_INSTANCE_ID');
  await expect(session.start()).rejects.toThrow('FENCED_INSTANCE_ID');
  expect(memberIds).toEqual(['']);
});
