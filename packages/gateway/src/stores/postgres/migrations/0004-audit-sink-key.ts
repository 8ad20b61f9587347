/**
 * What tells audit records apart is their sequence and their time: a store that was restored, or that lost its end in a
 * failover, uses sequences again. A sink of the release before cannot write from then on; what it could not write is in its
 * store, and passed on by the first gateway of this release.
 */
export const auditSinkKey = `
ALTER TABLE audit_sink DROP CONSTRAINT audit_sink_pkey;
ALTER TABLE audit_sink ADD PRIMARY KEY (at, seq);
`
