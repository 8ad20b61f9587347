import { applicationNames, neighbours } from '@single-state-example/pages'
import { session } from './session.ts'

const applications = ['portal', 'billing', 'workspace', 'admin'] as const

/** The applications, and who is signed in. */
export async function Bar() {
  const around = neighbours()
  return (
    <header className="bar">
      <div>
        <span className="mark">
          <svg
            viewBox="0 0 32 32"
            fill="none"
            stroke="currentColor"
            strokeWidth="3"
            strokeLinecap="round"
            strokeLinejoin="round"
            aria-hidden="true"
          >
            <path d="M5 26 16 6l11 20M10 19h12" />
          </svg>
          Acme
        </span>
        <nav aria-label="Applications">
          <ul>
            {applications.map((name) => (
              <li key={name}>
                <a href={`${around[name]}/`} aria-current={name === 'workspace' ? 'page' : undefined}>
                  {applicationNames[name]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Who portal={around.portal} />
      </div>
    </header>
  )
}

/** `resolve` never rejects: without the gateway the bar is there all the same, and the page says why it is not. */
async function Who({ portal }: { portal: string }) {
  const result = await session.resolve()
  if (result.status !== 'active') return null
  return (
    <div className="who">
      <span>
        Signed in as <strong data-fact="subject">{result.session.identity.subject}</strong>
      </span>
      <a className="button second small" href={`${portal}/sign-out`}>
        Sign out
      </a>
    </div>
  )
}
