export { type BesideOptions, postgresAuditSink, postgresJournal } from './stores/postgres/beside.ts'
export { type PostgresStoreOptions, postgresStore } from './stores/postgres/postgres.ts'
