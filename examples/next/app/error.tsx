'use client'

import { Saying } from '../saying.tsx'

const unavailable = {
  title: 'Temporarily unavailable',
  text: 'We cannot check your sign-in right now. You are still signed in; please try again in a moment.',
  button: 'Try again',
}
const conflict = {
  title: 'Something has changed meanwhile',
  text: 'Another tab or another application has changed your session since this page was opened. To be safe, nothing was saved. Look at what it says now, and decide again.',
  button: 'Back to the workspace',
}
const unknown = {
  title: 'Not certain whether that worked',
  text: 'No answer has arrived. You are still signed in; look at what the workspace says now before you try it again.',
  button: 'Back to the workspace',
}
const failure = { title: 'That did not work', text: 'Nothing was changed. Go back and try it again.', button: 'Back to the workspace' }

/** Next.js keeps messages from the browser; the digest tells what happened. */
const sayings: Readonly<Record<string, typeof failure>> = {
  'single-state:store_unavailable': unavailable,
  'single-state:version_not_reached': unavailable,
  'single-state:audit_unavailable': unavailable,
  'single-state:outcome_unknown': unknown,
  'single-state:expectation_failed': conflict,
  'single-state:version_conflict': conflict,
}

export default function Failure({ error }: { error: Error & { digest?: string } }) {
  return <Saying {...(sayings[error.digest ?? ''] ?? failure)} />
}
