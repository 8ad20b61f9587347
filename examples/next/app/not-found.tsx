import { Saying } from '../saying.tsx'

export default function NotFound() {
  return <Saying title="There is no such page" text="The address may be mistyped, or the page has moved." button="Back to the workspace" />
}
