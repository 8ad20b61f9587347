import type { NextRequest } from 'next/server'
import { sessionOf } from './session.ts'

export function proxy(request: NextRequest) {
  return sessionOf().proxy(request)
}

export const config = {
  matcher: [{ source: '/:path*', has: [{ type: 'header', key: 'fixture-proxied' }] }],
}
