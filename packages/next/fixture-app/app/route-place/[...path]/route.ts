import type { NextRequest } from 'next/server'
import { routeHandlers } from '../../../route-answers.ts'

type Context = { params: Promise<{ path: string[] }> }

async function answer(request: NextRequest, context: Context): Promise<Response> {
  const { path } = await context.params
  const handler = routeHandlers()[`${request.method} /${path.join('/')}`]
  return handler ? handler(request, context) : new Response(null, { status: 404 })
}

export { answer as GET, answer as POST }
