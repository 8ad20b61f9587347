import type { NextConfig } from 'next'

/** One address can be served by each place of Next.js: a header of the test says by which. */
const places = ['page', 'action', 'route']

export default {
  // Checked by the compiler of the repository.
  typescript: { ignoreBuildErrors: true },
  experimental: { useCache: true, authInterrupts: true },
  rewrites: async () => ({
    beforeFiles: places.map((place) => ({
      source: '/:path*',
      has: [{ type: 'header' as const, key: 'fixture-place', value: place }],
      destination: `/${place}-place/:path*`,
    })),
  }),
} satisfies NextConfig
