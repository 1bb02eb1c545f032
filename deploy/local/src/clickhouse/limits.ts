/** Bounds of the endpoint; what an operator may want to change is in `config.ts`. */
export const limits = {
  /** Request line and headers, in bytes: queries and parameters may come in the URL. */
  headerBytes: 512 << 10,
  /** A statement without data behind it, in bytes. */
  queryBytes: 1 << 20,
  /** Bodies of all requests together, in bytes. */
  buffered: 512 << 20,
  /** Of an answer so much is held back, in bytes, so that an error in the meantime still gets a status of its own. */
  heldBack: 256 << 10,
  /** The same with `wait_end_of_query=1`. */
  heldBackWhole: 16 << 20,
  /** Statements of one lane that wait, and how long. */
  queue: { waiting: 256, waitMs: 30_000 },
  connections: 512,
  /** Statements of a kind that run at once; how many queries do is configured. Each holds a thread of the pool. */
  lanes: { insert: 1, command: 4, kill: 4 },
  queryIdLength: 200,
} as const;
