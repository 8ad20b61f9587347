import { proven } from '@single-state-example/pages'
import { session } from '../session.ts'
import { SessionCard } from '../session-card.tsx'
import { TenantCard } from '../tenant-card.tsx'

export default async function Page() {
  const { context, entitlements } = await session.require()
  const active = proven(await session.resolve())
  return (
    <main id="main" className="two">
      <header>
        <h1>Your workspace</h1>
        <p className="lead">
          Server components read the session, and however many of them ask, it is read once. A server action changes it, for every
          application.
        </p>
      </header>
      <div className="stack">
        <TenantCard tenant={context.tenant} tenants={entitlements.tenants} />
      </div>
      <SessionCard active={active} />
    </main>
  )
}
