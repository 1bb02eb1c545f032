import { erasedKey, type NamingTable, namingTables } from './erased-key.ts';
import { readMigrations } from './files.ts';
import { type HashedTable, type HashForm, hashedTables, hashForms, rowHash } from './hash-forms.ts';

/**
 * What the tables run on: the engine in process of the local stack, one server, or a cluster with shards and replicas
 * (macros `cluster`, `shard`, `replica` in its configuration).
 */
export type EngineFamily = 'embedded' | 'server' | 'cluster';

export const engineFamilies: readonly EngineFamily[] = ['embedded', 'server', 'cluster'];

/**
 * Blocks that a table remembers so that one sent again is not stored again: more than an hour of them, see README.md,
 * "Deduplication windows".
 */
const defaultWindow = '200000';

const deduplication = (window = defaultWindow): string =>
  `non_replicated_deduplication_window = ${window}, replicated_deduplication_window = ${window}, replicated_deduplication_window_seconds = 7200`;

/**
 * A statement of a migration file for one family; undefined if that family has no use for it. Marks:
 *
 * - `{{local t}}`: the table that holds rows on one shard: `resonant.t`, in a cluster `resonant.t_local`
 * - `{{distributed t by E}}`: in a cluster the table `resonant.t` over all shards, with sharding key E
 * - `{{on_cluster}}`, `{{merge_tree}}`, `{{dictionary_source}}`, `{{deduplication}}` or `{{deduplication n}}` with a window of n blocks
 * - `{{row_hash t n}}`: the hash of a row of `t`, form n
 * - `{{erased_key t}}`: the key by which a row of `t` belongs to an erased person
 *
 * Throws an Error for a mark that is not one of these.
 */
export function renderStatement(text: string, family: EngineFamily): string | undefined {
  const cluster = family === 'cluster';
  const distributed = /^\{\{distributed (\w+) by (.+)\}\}$/.exec(text);
  if (distributed !== null) {
    return cluster ? distributedTable(distributed[1] as string, distributed[2] as string) : undefined;
  }
  return text.replace(/\{\{([^}]*)\}\}/g, (mark, inner: string) => {
    const [name, ...args] = inner.split(' ');
    switch (name) {
      case 'local':
        return `resonant.${args[0]}${cluster ? '_local' : ''}`;
      case 'on_cluster':
        return cluster ? " ON CLUSTER '{cluster}'" : '';
      case 'merge_tree':
        return cluster ? "ReplicatedMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}')" : 'MergeTree';
      case 'deduplication':
        return deduplication(args[0]);
      case 'dictionary_source':
        // Servers read dictionaries as a user of their own, whom the named collection says.
        return family === 'embedded' ? '' : 'NAME resonant_dictionaries ';
      case 'row_hash':
        return rowHash(hashedTable(args[0]), hashForm(args[1]));
      case 'erased_key':
        return erasedKey(namingTable(args[0]));
      default:
        throw new Error(`expected a mark such as {{on_cluster}}, got ${mark}`);
    }
  });
}

/** Everything that a family's engine is asked to do, as one text; what is stored in `golden/`. */
export function renderedText(family: EngineFamily): string {
  const files = readMigrations().map(({ name, statements }) => {
    const rendered = statements.flatMap(({ text }) => renderStatement(text, family) ?? []);
    return `-- ${name}\n${rendered.map((statement) => `${statement};\n`).join('\n')}`;
  });
  return files.join('\n');
}

const distributedTable = (table: string, shardBy: string): string =>
  `CREATE TABLE IF NOT EXISTS resonant.${table} ON CLUSTER '{cluster}' AS resonant.${table}_local
ENGINE = Distributed('{cluster}', 'resonant', '${table}_local', ${shardBy})`;

function hashedTable(name: string | undefined): HashedTable {
  const table = hashedTables.find((known) => known === name);
  if (table === undefined) throw new Error(`expected a table with row hashes, got ${name}`);
  return table;
}

function namingTable(name: string | undefined): NamingTable {
  const table = namingTables.find((known) => known === name);
  if (table === undefined) throw new Error(`expected a table whose rows name persons, got ${name}`);
  return table;
}

function hashForm(text: string | undefined): HashForm {
  const form = Number(text);
  if (!Object.hasOwn(hashForms, form)) throw new Error(`expected a form of row hashes, got ${text}`);
  return form as HashForm;
}
