/** What an error of ClickHouse means to whoever was writing. */
export type ErrorClass =
  /** The moment's fault: the same again, later, can succeed. */
  | 'transient'
  /** A value that no table takes: the same rows fail for ever, others do not. */
  | 'data'
  /** The tables are not as this release expects, or the statement is wrong: every row fails until someone acts. */
  | 'schema';

type Entry = readonly [code: number, name: string, why: string];

/**
 * Codes with a meaning of their own; names as in the engine's `src/Common/ErrorCodes.cpp`. What is not here is
 * transient: trying again loses nothing, whereas a row taken for bad is put aside.
 */
export const errorCodes = {
  data: [
    [469, 'VIOLATED_CONSTRAINT', 'a CHECK of the intake table refused a row before anything was stored'],
    [321, 'VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE', 'a value does not fit its column'],
    [349, 'CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN', 'NULL for a column that has none'],
    [131, 'TOO_LARGE_STRING_SIZE', 'one text is longer than the engine reads'],
    [128, 'TOO_LARGE_ARRAY_SIZE', 'one array or map is longer than the engine reads'],
  ],
  schema: [
    [10, 'NOT_FOUND_COLUMN_IN_BLOCK', 'a view asks for a column that its intake table does not have'],
    [16, 'NO_SUCH_COLUMN_IN_TABLE', 'the table lacks a column that the row has'],
    [36, 'BAD_ARGUMENTS', 'the statement cannot be carried out by this version of the engine'],
    [43, 'ILLEGAL_TYPE_OF_ARGUMENT', 'a column has another type than the statement expects'],
    [44, 'ILLEGAL_COLUMN', 'a column has another type than the statement expects'],
    [46, 'UNKNOWN_FUNCTION', 'the engine is older than the schema'],
    [47, 'UNKNOWN_IDENTIFIER', 'a column is missing'],
    [48, 'NOT_IMPLEMENTED', 'the engine cannot do this'],
    [50, 'UNKNOWN_TYPE', 'the engine is older than the schema'],
    [53, 'TYPE_MISMATCH', 'a column has another type than the rows'],
    [57, 'TABLE_ALREADY_EXISTS', 'something else has the name'],
    [60, 'UNKNOWN_TABLE', 'migrations have not run'],
    [62, 'SYNTAX_ERROR', 'the engine does not read the statement'],
    [73, 'UNKNOWN_FORMAT', 'the engine lacks the row format'],
    [80, 'INCORRECT_QUERY', 'the statement does not fit the table'],
    [81, 'UNKNOWN_DATABASE', 'migrations have not run'],
    [115, 'UNKNOWN_SETTING', 'the engine is older or newer than this release'],
    [117, 'INCORRECT_DATA', 'the header of the rows names a column or type that the table does not have'],
    [122, 'INCOMPATIBLE_COLUMNS', 'source and target of a view do not fit'],
    [395, 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO', 'a range did not arrive as one block with one range row'],
  ],
  transient: [
    [3, 'UNEXPECTED_END_OF_FILE', 'the connection ended inside the rows'],
    [33, 'CANNOT_READ_ALL_DATA', 'the connection ended inside the rows'],
    [74, 'CANNOT_READ_FROM_FILE_DESCRIPTOR', 'the disk'],
    [75, 'CANNOT_WRITE_TO_FILE_DESCRIPTOR', 'the disk is full or read-only'],
    [76, 'CANNOT_OPEN_FILE', 'the disk is read-only, or too many files are open'],
    [159, 'TIMEOUT_EXCEEDED', 'the engine is too busy'],
    [164, 'READONLY', 'the user may only read: an operator can change that without a restart'],
    [201, 'QUOTA_EXCEEDED', 'the quota fills up again'],
    [202, 'TOO_MANY_SIMULTANEOUS_QUERIES', 'the engine is too busy'],
    [203, 'NO_FREE_CONNECTION', 'the engine is too busy'],
    [209, 'SOCKET_TIMEOUT', 'the network'],
    [210, 'NETWORK_ERROR', 'the network'],
    [236, 'ABORTED', 'the engine is stopping'],
    [241, 'MEMORY_LIMIT_EXCEEDED', 'the engine is too busy'],
    [242, 'TABLE_IS_READ_ONLY', 'the replica has lost Keeper, or the disk is read-only'],
    [243, 'NOT_ENOUGH_SPACE', 'the disk is full'],
    [252, 'TOO_MANY_PARTS', 'merges are behind'],
    [279, 'ALL_CONNECTION_TRIES_FAILED', 'no replica answers'],
    [285, 'TOO_FEW_LIVE_REPLICAS', 'replicas are away'],
    [319, 'UNKNOWN_STATUS_OF_INSERT', 'it may be stored: the token makes sending it again harmless'],
    [394, 'QUERY_WAS_CANCELLED', 'someone ended the query'],
    [497, 'ACCESS_DENIED', 'a grant is missing: an operator can change that without a restart'],
    [516, 'AUTHENTICATION_FAILED', 'the password is wrong: an operator can change that without a restart'],
    [999, 'KEEPER_EXCEPTION', 'Keeper is away'],
    [1000, 'POCO_EXCEPTION', 'the disk or the network'],
    [1001, 'STD_EXCEPTION', 'the disk is full or read-only'],
  ],
} as const satisfies Record<ErrorClass, readonly Entry[]>;

const classes = new Map<number, ErrorClass>(
  (Object.keys(errorCodes) as ErrorClass[]).flatMap((name) => errorCodes[name].map(([code]) => [code, name] as const)),
);

/** What an error code of ClickHouse means; one that is not known is transient. */
export const classOf = (code: number): ErrorClass => classes.get(code) ?? 'transient';
