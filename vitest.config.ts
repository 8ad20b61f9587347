import { defineConfig } from 'vitest/config'
import { countsReporter } from './tools/vitest-reporter.ts'

export default defineConfig({
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'tools/**/*.test.ts',
      'examples/**/*.test.ts',
      'benchmarks/**/*.test.ts',
      'faults/**/*.test.ts',
      'simulation/**/*.test.ts',
      'anomalies/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', '**/dist/**'],
    testTimeout: 20_000,
    // Hooks make keys and start servers: on a machine that is ten times overloaded that takes a while.
    hookTimeout: 30_000,
    // Many tests wait for servers: two workers keep two cores busy, more get in each other's way.
    maxWorkers: 2,
    reporters: ['default', countsReporter],
  },
})
