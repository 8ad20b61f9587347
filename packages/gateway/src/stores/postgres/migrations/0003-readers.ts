/**
 * Processes that read from memory. Not logged: they are heard of many times a second, and none of them outlives a crash or a
 * failover. Both leave the table empty, the row without a name included, which tells this registry from the next.
 */
export const readers = `
CREATE UNLOGGED TABLE readers (process text PRIMARY KEY, epoch text NOT NULL, seq bigint NOT NULL, mark text NOT NULL);
`
