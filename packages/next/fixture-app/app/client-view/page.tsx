import { sessionOf } from '../../session.ts'
import { Show } from './show.tsx'

export default async function Page() {
  return <Show view={await sessionOf().require()} />
}
