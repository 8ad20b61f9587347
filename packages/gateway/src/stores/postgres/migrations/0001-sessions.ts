/** Sessions, their counters, the change log, the audit and the signing keys. */
export const sessions = `
CREATE TABLE store (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch text NOT NULL,
  seq bigint NOT NULL,
  audit_seq bigint NOT NULL,
  endings bigint NOT NULL,
  reign bigint NOT NULL,
  reign_since_ms bigint NOT NULL
);
INSERT INTO store VALUES (true, replace(gen_random_uuid()::text, '-', ''), 0, 0, 0, 0, 0);

CREATE TABLE sessions (
  id text PRIMARY KEY,
  id_hash text NOT NULL,
  issuer text NOT NULL,
  subject text NOT NULL,
  reign bigint NOT NULL,
  version bigint NOT NULL,
  draw text NOT NULL,
  contract bigint NOT NULL,
  body text NOT NULL,
  signals text NOT NULL,
  idp_session text,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  idle_at_ms bigint NOT NULL,
  last_exchange_at_ms bigint NOT NULL,
  ended text,
  ended_at_ms bigint,
  generation bigint NOT NULL,
  confirmed_at_ms bigint,
  writes text NOT NULL,
  created_seq bigint NOT NULL,
  over_at_ms bigint NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX sessions_of_subject ON sessions (issuer, subject) WHERE ended IS NULL;
CREATE INDEX sessions_of_idp_session ON sessions (issuer, idp_session) WHERE ended IS NULL AND idp_session IS NOT NULL;
CREATE INDEX sessions_by_end ON sessions (over_at_ms);

CREATE TABLE cutoffs (
  issuer text NOT NULL,
  subject text NOT NULL,
  endings bigint NOT NULL,
  PRIMARY KEY (issuer, subject)
);

CREATE TABLE changes (seq bigint PRIMARY KEY, id text NOT NULL);

CREATE TABLE audit (seq bigint PRIMARY KEY, at_ms bigint NOT NULL, session text, record text NOT NULL);
CREATE INDEX audit_of_session ON audit (session, seq) WHERE session IS NOT NULL;

CREATE TABLE signing_keys (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision bigint NOT NULL,
  keys text NOT NULL
);
INSERT INTO signing_keys VALUES (true, 0, '[]');
`
