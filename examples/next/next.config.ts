import { join } from 'node:path'
import type { NextConfig } from 'next'

/** Sources of the repository are compiled along, so the build starts from its root. */
const root = join(import.meta.dirname, '../..')

/**
 * As the pages of the other applications have it, but for scripts and styles: Next.js sends what a page is made of in inline
 * scripts, which are others with each answer. A nonce for each would take a proxy of one's own around the session's.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  "connect-src 'self'",
  "form-action 'self' http: https:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

export default {
  poweredByHeader: false,
  turbopack: { root },
  outputFileTracingRoot: root,
  // Checked by the compiler of the repository.
  typescript: { ignoreBuildErrors: true },
  experimental: { authInterrupts: true },
  headers: async () => [
    {
      source: '/:path*',
      headers: [
        { key: 'Content-Security-Policy', value: contentSecurityPolicy },
        { key: 'Referrer-Policy', value: 'no-referrer' },
        // Browsers heed it by HTTPS alone (RFC 6797 section 8.1).
        { key: 'Strict-Transport-Security', value: 'max-age=31536000' },
        { key: 'X-Content-Type-Options', value: 'nosniff' },
      ],
    },
  ],
} satisfies NextConfig
