import { directorySections } from '@resonant/service';
import { loadCommand } from '../reference-data/load-command.ts';

/** `resonant directory load`: who is who, from files. */
export const directoryLoadCommand = loadCommand({
  section: 'directory',
  sections: directorySections,
  summary: 'Load accounts, contacts, reps, teams and regions from YAML or JSON files',
  format: `A file holds any of these lists. Lists inside an entry may be left out; spans of time run from \`from\` (left out = since
ever) until before \`to\` (left out = still), as dates (midnight UTC) or ISO 8601 instants with a zone, without overlap.

  regions:  [{id: north, name: North, directorId: rep-90}]
  teams:    [{id: team-a, name: Team A, supervisorId: rep-80, regions: [{regionId: north}]}]
  reps:     [{id: rep-07, name: Rep 07, emails: [rep-07@vendor.example], phones: ["+4930123456"], handles: [],
              teams: [{teamId: team-a, from: 2026-01-01}]}]
  accounts: [{id: acme, name: Acme, domains: [acme.example], crmIds: [CRM-77],
              owners: [{repId: rep-01, to: 2026-03-01}, {repId: rep-07, from: 2026-03-01}]}]
  contacts: [{id: contact-3, name: Buyer, emails: [buyer@acme.example], handles: ["github:acme-buyer"],
              accounts: [{accountId: acme}]}]
`,
});
