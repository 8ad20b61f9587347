import { switchTenant } from './actions.ts'

/** The organisation that one works for, and the way to another. */
export function TenantCard({ tenant, tenants }: { tenant: string | null; tenants: readonly string[] }) {
  return (
    <section className="card" aria-labelledby="tenant">
      <h2 id="tenant">Organisation</h2>
      <p>
        You work for <strong data-fact="tenant">{tenant ?? 'nobody yet'}</strong>.{' '}
        {tenants.length < 2 ? 'You belong to no other organisation.' : 'What you choose here holds in the portal and in billing as well.'}
      </p>
      {tenants.length > 1 && (
        <form className="row" action={switchTenant} id="switch-tenant">
          <input type="hidden" name="from" value={tenant ?? ''} />
          <label className="field">
            Work for{' '}
            {/* What React keeps of a select does not follow a new value: with a key it is made anew. A form must not be: with it
            would go the error of its action, and nobody would be told. */}
            <select key={tenant} name="tenant" defaultValue={tenant ?? ''}>
              {tenants.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </label>
          <button type="submit">Switch</button>
        </form>
      )}
    </section>
  )
}
