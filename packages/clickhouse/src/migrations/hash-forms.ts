const words = (text: string): readonly string[] => text.split(/\s+/);

/**
 * Which columns a row's hash covers, per table: all of them, in the order of the table. A form never changes; a migration
 * that adds a column brings a new form, and rows keep the one that their ledger row names in `hash_form`.
 */
export const hashForms = {
  1: {
    touchpoints:
      words(`source account_id event_id id occurred_at received_at channel language thread_id lead_id opportunity_id via
      key_id rep_id contact_id direction subject text n_utterances duration_ms is_auto_reply parties attributes
      topic partition offset epoch appended_at schema_id`),
    payloads: words(
      `source account_id event_id occurred_at media_type bytes topic partition offset epoch appended_at schema_id`,
    ),
    log: words(`keyspace partition offset epoch appended_at record_type key value headers tick_at schema_id`),
    signals:
      words(`keyspace kind account_id contact_id rep_id team_id region_id lead_id opportunity_id occurred_at channel
      signal_id event_id measures labels empty_fields partition offset epoch appended_at schema_id`),
    acknowledgements:
      words(`alert_id action_id acknowledged_by note keyspace signal_id occurred_at partition offset epoch appended_at
      schema_id`),
    rule_changes: words(`rule_id action revision document keyspace partition offset epoch appended_at schema_id`),
    alerts:
      words(`rule_id rule_version subject subject_fields alert_id seq transition state at decided_at opened_at severity
      title values evidence is_late is_shadow keyspace partition_key log_partition tick_offset topic partition
      offset epoch appended_at schema_id`),
    actions:
      words(`action action_id alert_id seq rule_id rule_version subject subject_fields to_role template at decided_at
      due_at keyspace partition_key log_partition tick_offset topic partition offset epoch appended_at schema_id`),
    deliveries:
      words(`delivery_id action_id alert_id recipient medium status reason at topic partition offset epoch appended_at
      schema_id`),
    rules:
      words(`rule_id version action keyspace document changed_at changed_by topic partition offset epoch appended_at
      schema_id`),
    directory:
      words(`kind id is_deleted name belongs_to head_id emails phones handles domains crm_ids topic partition offset
      epoch appended_at schema_id`),
    vocabulary:
      words(`kind id is_deleted title language phrases triggers quorum is_technical topic partition offset epoch
      appended_at schema_id`),
    dead_letters:
      words(`dead_letter_id source origin reason detail at media_type key headers payload topic partition offset epoch
      appended_at schema_id`),
    dead_letter_outcomes: words(
      `dead_letter_id outcome at decided_by note replayed_to topic partition offset epoch appended_at schema_id`,
    ),
  },
} as const satisfies Record<number, Readonly<Record<string, readonly string[]>>>;

export type HashForm = keyof typeof hashForms;

/** The form that rows get now. */
export const currentHashForm = 1 satisfies HashForm;

/** A table whose rows have hashes in the ledger. */
export type HashedTable = keyof (typeof hashForms)[typeof currentHashForm];

export const hashedTables = Object.keys(hashForms[currentHashForm]) as readonly HashedTable[];

/**
 * SQL expression of a row's hash: SHA-256 over its columns in RowBinary (ClickHouse's own exact form: lengths before
 * texts, doubles bit by bit, map entries in their order). It is what intake tables compute at the insert and what
 * anyone can compute again from the stored row.
 *
 * @param form the ledger row's `hash_form`
 */
export function rowHash(table: HashedTable, form: HashForm = currentHashForm): string {
  return `SHA256(formatRow('RowBinary', ${hashForms[form][table].join(', ')}))`;
}
