/**
 * The steps from an empty file to the tables of today; `user_version` counts those that a file has had. A step that has
 * been released is never edited: a change is a new step at the end.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    epoch TEXT NOT NULL,
    seq INTEGER NOT NULL,
    auditSeq INTEGER NOT NULL,
    endings INTEGER NOT NULL,
    keysRevision INTEGER NOT NULL,
    keys TEXT NOT NULL CHECK (json_valid(keys))
  ) STRICT;
  INSERT INTO store VALUES (1, lower(hex(randomblob(12))), 0, 0, 0, 0, '[]');

  CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    idHash TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    version INTEGER NOT NULL,
    draw TEXT NOT NULL,
    contract INTEGER NOT NULL,
    body TEXT NOT NULL,
    signals TEXT NOT NULL CHECK (json_valid(signals)),
    idpSession TEXT,
    createdAtMs INTEGER NOT NULL,
    expiresAtMs INTEGER NOT NULL,
    idleAtMs INTEGER NOT NULL,
    lastExchangeAtMs INTEGER NOT NULL,
    ended TEXT,
    endedAtMs INTEGER,
    generation INTEGER NOT NULL,
    confirmedAtMs INTEGER,
    writes TEXT NOT NULL CHECK (json_valid(writes)),
    overAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessionsOfSubject ON sessions (issuer, subject) WHERE ended IS NULL;
  CREATE INDEX sessionsOfIdpSession ON sessions (issuer, idpSession) WHERE ended IS NULL AND idpSession IS NOT NULL;
  CREATE INDEX sessionsByEnd ON sessions (overAtMs);

  CREATE TABLE cutoffs (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    endings INTEGER NOT NULL,
    PRIMARY KEY (issuer, subject)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE changes (seq INTEGER PRIMARY KEY, id TEXT NOT NULL) STRICT;

  CREATE TABLE audit (seq INTEGER PRIMARY KEY, atMs INTEGER NOT NULL, session TEXT, record TEXT NOT NULL) STRICT;
  CREATE INDEX auditOfSession ON audit (session, seq) WHERE session IS NOT NULL;
  `,
  `
  ALTER TABLE store ADD COLUMN reign INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE store ADD COLUMN reignSinceMs INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN reign INTEGER NOT NULL DEFAULT 0;
  `,
]
