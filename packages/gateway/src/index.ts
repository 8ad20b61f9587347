export type { AuditEntry, AuditOperation, AuditRecord } from './audit/record.ts'
export type { AuditSink } from './audit/sink.ts'
export { type ApplicationConfig, type Claims, type Derived, defineGateway, type GatewayConfig } from './config.ts'
export type { ConnectionLimits } from './connection-limits.ts'
export { createGateway, type Gateway, type GatewayOptions } from './gateway.ts'
export { type DevelopmentPerson, developmentPeople } from './oidc/development-people.ts'
export type { SessionStart } from './oidc/login-ports.ts'
export { type OidcOptions, oidc } from './oidc/oidc.ts'
export type { Authentication, IdentityProvider, LoginTransaction, LogoutNotice } from './oidc/provider.ts'
export { type ServedGateway, type ServeOptions, serveGateway } from './serve.ts'
export { type MemoryStoreOptions, memoryStore } from './stores/memory.ts'
export { type SqliteStoreOptions, sqliteStore } from './stores/sqlite.ts'
export type {
  Commit,
  CommitOutcome,
  CreateOutcome,
  EndOutcome,
  ExchangeOutcome,
  Heard,
  KnownReaders,
  NewSession,
  Position,
  Reader,
  SessionRecord,
  SessionStore,
  StoredKeys,
} from './stores/store.ts'
export type { Timers } from './timers.ts'
