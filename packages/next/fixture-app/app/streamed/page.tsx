import { sessionOf } from '../../session.ts'

export default async function Page() {
  const { identity } = await sessionOf().require({ where: ({ entitlements }) => entitlements.roles.includes('admin') })
  return <p>{identity.subject}</p>
}
