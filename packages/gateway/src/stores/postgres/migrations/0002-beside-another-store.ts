/** What a deployment on another store keeps here: ends that it must not lose, and its audit. */
export const besideAnotherStore = `
CREATE TABLE ends_journal (number bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), entry text NOT NULL);

CREATE TABLE audit_sink (seq bigint PRIMARY KEY, at timestamptz NOT NULL, session text, record text NOT NULL);
CREATE INDEX audit_sink_of_session ON audit_sink (session, seq) WHERE session IS NOT NULL;
`
