import { act } from '../../../actions.ts'

export default async function Page() {
  return (
    <form action={act}>
      <button type="submit">Act</button>
    </form>
  )
}
