import { vocabularySections } from '@resonant/service';
import { loadCommand } from '../reference-data/load-command.ts';

/** `resonant vocabulary load`: talk-tracks and glossary, from files. */
export const vocabularyLoadCommand = loadCommand({
  section: 'vocabulary',
  sections: vocabularySections,
  summary: 'Load talk-tracks and glossary from YAML or JSON files',
  format: `A file holds any of these lists; language (en, zh) left out = any. \`quorum\` distinct phrases in one touchpoint make one
use; a call in which a trigger occurs is eligible for the track, without triggers every call of a rep with a customer is.

  talkTracks: [{id: new-policy, title: New policy, phrases: ["your rate is locked for two years"], quorum: 1,
                triggers: [renewal, 续约]}]
  glossary:   [{id: sso, term: single sign-on, aliases: [SSO, s s o], isTechnical: true}]
`,
});
