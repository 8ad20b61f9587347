import { afterAll, beforeAll, describe } from 'vitest'
import { skipWithout } from '../../tools/servers/server-process.ts'
import { chromiumProgram } from './chromium.ts'
import { outageTests } from './outage-tests.ts'
import { pageTests } from './page-tests.ts'
import { type Scene, startScene } from './scene.ts'
import { idleTest, sessionTests } from './session-tests.ts'
import { tabTests } from './tab-tests.ts'
import type { Visitor } from './visitor.ts'

/** A test takes a second or two, on a machine that is ten times overloaded twenty. */
const testDeadlineMs = 60_000

describe.skipIf(skipWithout(chromiumProgram))('the demonstration in Chromium', { timeout: testDeadlineMs }, () => {
  let scene: Scene
  let idle: Visitor

  beforeAll(async () => {
    scene = await startScene()
    idle = await scene.visitor()
    await idle.signIn('carol')
  }, 240_000)
  afterAll(() => scene?.close(), 30_000)

  sessionTests(() => scene)
  tabTests(() => scene)
  outageTests(() => scene)
  pageTests(() => scene)
  idleTest(
    () => scene,
    () => idle,
  )
})
