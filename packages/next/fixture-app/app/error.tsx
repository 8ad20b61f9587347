'use client'

export default function Failure({ error }: { error: Error & { digest?: string } }) {
  return <p id="failure">{error.digest}</p>
}
