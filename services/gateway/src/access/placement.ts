import type { Directory } from './directory.ts';
import { type Leads, teamsOfParty } from './leads.ts';

/** Where an alert belongs at a moment. Both empty = unknown: administrators only. */
export interface Placement {
  readonly teams: readonly string[];
  readonly regions: readonly string[];
}

/** What decides where an alert belongs. */
export interface Placeable {
  readonly subject: Readonly<Record<string, string>>;
  readonly keyspace: string;
  readonly partitionKey: string;
}

/**
 * Teams and regions of an alert, by the directory at `now` (wire.md section 2): a team or region named by the subject;
 * a rep's team; an account's owner's team; a lead's reps and accounts as its touchpoints name them. A team belongs to
 * the region it is in now.
 */
export function placementOf(alert: Placeable, directory: Directory, leads: Leads, now: number): Placement {
  const { accountId, contactId, repId, teamId, regionId, leadId } = alert.subject;
  const teams = new Set<string>();
  const regions = new Set<string>();
  if (teamId !== undefined) teams.add(teamId);
  else if (accountId !== undefined || contactId !== undefined) {
    const account = accountId ?? directory.accountOf(contactId as string, now);
    const owner = account === undefined ? undefined : directory.ownerOf(account, now);
    addTeam(teams, owner === undefined ? undefined : directory.teamOf(owner, now));
  } else if (repId !== undefined) addTeam(teams, directory.teamOf(repId, now));
  else if (leadId !== undefined) {
    for (const party of leads.partiesOf(leadId)) {
      for (const team of teamsOfParty(party, directory, now)) teams.add(team);
    }
  }
  if (regionId !== undefined) regions.add(regionId);
  for (const team of teams) {
    const region = directory.regionOf(team, now);
    if (region !== undefined) regions.add(region);
  }
  return { teams: [...teams], regions: [...regions] };
}

const addTeam = (teams: Set<string>, team: string | undefined): void => {
  if (team !== undefined) teams.add(team);
};

/** True if a holder of these scopes may see what belongs there: administrators all, others their teams and regions. */
export const maySee = (principal: { has(scope: string): boolean }, placement: Placement): boolean =>
  principal.has('admin') ||
  placement.teams.some((team) => principal.has(`team:${team}`)) ||
  placement.regions.some((region) => principal.has(`region:${region}`));
