import { headers } from 'next/headers'
import { sessionOf } from '../../session.ts'

async function cachedSubject() {
  'use cache'
  try {
    return (await sessionOf().get())?.identity.subject
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`
  }
}

export default async function Page() {
  await headers()
  return <p id="cached">{await cachedSubject()}</p>
}
