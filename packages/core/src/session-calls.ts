import type { Operations } from './client/operations.ts'
import type { ReadOptions, SessionResult } from './client/session-result.ts'
import type { AnyContract, ApplicationName } from './contract/define-contract.ts'
import type { PublishableSignal, SessionChanges, SessionView, SignalValue, WriteReason } from './contract/session-view.ts'
import type { ApplicationSession, Decision, SessionClient } from './create-session-client.ts'
import type { Receipt } from './document/session-document.ts'
import type { SessionSummary } from './document/wire-schemas.ts'
import type { UpdateOptions } from './http/changes.ts'

/** What handlers call, the same in every framework; `Context` is what the framework hands to a handler. */
export interface SessionCalls<C extends AnyContract, A extends ApplicationName<C>, Context> {
  /** What is known of the session, as a union that says why there is none, how old it is and who vouches for it. */
  resolve(context: Context, options?: ReadOptions): Promise<SessionResult<SessionView<C, A>>>
  /** The session, or null when nobody is signed in. Rejects when it cannot be known: the answer is then 503. */
  get(context: Context, options?: ReadOptions): Promise<SessionView<C, A> | null>
  /** Changes the session on the condition that it is still as this request has read it; see `ApplicationSession.update`. */
  update<Reason extends WriteReason<C, A>>(
    context: Context,
    reason: Reason,
    changes: SessionChanges<C, A, Reason> | ((session: SessionView<C, A>) => Decision<C, A, Reason> | Promise<Decision<C, A, Reason>>),
    options?: UpdateOptions,
  ): Promise<SessionView<C, A>>
  /** Publishes a signal to the other applications; the last writer wins. */
  publish<Name extends PublishableSignal<C, A>>(context: Context, signal: Name, value: SignalValue<C, Name>): Promise<void>
  /** Ends the session everywhere and takes the cookie from the browser with this answer. */
  signOut(context: Context, reason?: string): Promise<void>
  /** The other living sessions of the person (`operates: 'own'`). */
  listOthers(context: Context): Promise<readonly SessionSummary[]>
  /** Ends the person's other sessions (`operates: 'own'`). */
  endOthers(context: Context, reason: string): Promise<Receipt>
  /** Any session of anybody (`operates: 'all'`). */
  readonly operations: Operations<Context>
  /** Ends the heartbeats of live reads, for a process that shuts down in order. They do not keep it alive. */
  close(): void
}

/** Makes the calls of an adapter; `sessionOf` answers the one session of a request, however often it is asked. */
export function createSessionCalls<C extends AnyContract, A extends ApplicationName<C>, Context>(
  client: SessionClient<C, A>,
  sessionOf: (context: Context) => ApplicationSession<C, A>,
): SessionCalls<C, A, Context> {
  const { operations } = client
  return {
    resolve: (context, options) => sessionOf(context).resolve(options),
    get: (context, options) => sessionOf(context).get(options),
    update: (context, reason, changes, options) => sessionOf(context).update(reason, changes, options),
    publish: (context, signal, value) => sessionOf(context).publish(signal, value),
    signOut: (context, reason) => sessionOf(context).signOut(reason),
    listOthers: (context) => sessionOf(context).listOthers(),
    endOthers: (context, reason) => sessionOf(context).endOthers(reason),
    operations: {
      list: (subject, context) => operations.list(subject, sessionOf(context)),
      end: (id, reason, context) => operations.end(id, reason, sessionOf(context)),
      endSubject: (subject, reason, context) => operations.endSubject(subject, reason, sessionOf(context)),
      refreshSubject: (subject, reason, context) => operations.refreshSubject(subject, reason, sessionOf(context)),
    },
    close: () => client.close(),
  }
}
