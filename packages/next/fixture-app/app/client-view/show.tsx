'use client'

import type { AdapterView } from '@single-state/testing/adapter-contract'

export function Show({ view }: { view: AdapterView }) {
  return <p id="view">{JSON.stringify(view)}</p>
}
