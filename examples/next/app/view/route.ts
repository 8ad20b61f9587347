import { session } from '../../session.ts'

/** The session for programs: unlike a page, a handler answers with the status that a refusal has. */
export const GET = session.route((_request, { session: view }) => Response.json(view))
