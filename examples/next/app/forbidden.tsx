import { Saying } from '../saying.tsx'

export default function Forbidden() {
  return <Saying title="This is not open to you" text="You do not belong to that organisation." button="Back to the workspace" />
}
