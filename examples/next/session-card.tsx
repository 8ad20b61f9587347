import type { ActiveSession, SessionHeader } from '@single-state/core'
import { sourceNames } from '@single-state-example/pages'

/** What this application knows of the session: how new it is, who vouches for it, and everything that was sent. */
export function SessionCard({ active }: { active: ActiveSession<SessionHeader> }) {
  const { session, version, source, ageMs } = active
  return (
    <aside className="card session" aria-labelledby="session">
      <h2 id="session">The session, as workspace sees it</h2>
      <p className="version">
        <b data-fact="version">{version}</b>
        <span>
          is its version:
          <br />
          one more with every change
        </span>
      </p>
      <dl className="facts">
        <dt>Source</dt>
        <dd>
          <span className="badge" data-fact="source">
            {source}
          </span>{' '}
          <small>{sourceNames[source]}</small>
        </dd>
        <dt>Age</dt>
        <dd>
          <span data-fact="age">{ageMs}</span> ms
        </dd>
        <dt>Began</dt>
        <dd>
          <ClockTime instant={session.createdAt} />
        </dd>
        <dt>Ends by</dt>
        <dd>
          <ClockTime instant={session.expiresAt} />
        </dd>
      </dl>
      <details>
        <summary>All that workspace is given</summary>
        <pre>{JSON.stringify(session, null, 2)}</pre>
      </details>
    </aside>
  )
}

function ClockTime({ instant }: { instant: string }) {
  const text = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(instant))
  return <time dateTime={instant}>{text}</time>
}
