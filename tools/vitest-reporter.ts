import type { Reporter, TestModule } from 'vitest/node'
import { countsLine } from './counts.ts'

/** Prints `N passed, N failed` (and `, N skipped`) alone on the last line. What broke outside a test, and a run without tests, counts as failed. */
export const countsReporter: Reporter = {
  onTestRunEnd(modules, unhandledErrors) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
    const count = (state: string) => states.filter((each) => each === state).length
    const broken = unhandledErrors.length + modules.reduce((sum, module) => sum + brokenIn(module), 0)
    const failed = count('failed') + (broken === 0 && states.length === 0 ? 1 : broken)
    console.log(countsLine({ passed: count('passed'), failed, skipped: count('skipped') + count('pending') }))
  },
}

/** Errors outside any test: a file that does not load, a hook of a suite that throws. */
function brokenIn(module: TestModule): number {
  const suites = [...module.children.allSuites()].filter((suite) => suite.errors().length > 0)
  return suites.length + (module.errors().length > 0 ? 1 : 0)
}
