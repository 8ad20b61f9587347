'use server'

import { answerTo } from './answers.ts'

/** Does what a route of the adapter contract does; sent without a script, the form says which. A copy, so that React sends no references. */
export async function act(route: string | FormData): Promise<void> {
  return JSON.parse(JSON.stringify(await answerTo(typeof route === 'string' ? route : String(route.get('route')))))
}
