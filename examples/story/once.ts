import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildNextApplication } from './next-build/build.ts'
import { createDemonstration } from './processes/demonstration.ts'
import { readableLine } from './processes/log-line.ts'
import { freeBase } from './processes/ports.ts'
import { createStage, type Stage, type Step } from './stage.ts'
import { signInOnce } from './steps/1-sign-in.ts'
import { switchTenant } from './steps/2-switch.ts'
import { race } from './steps/3-race.ts'
import { refused } from './steps/4-refused.ts'
import { outage } from './steps/5-outage.ts'
import { revoked } from './steps/6-revoked.ts'
import { neighboursAway } from './steps/7-neighbours.ts'
import { audit } from './steps/8-audit.ts'

const steps: readonly Step[] = [signInOnce, switchTenant, race, refused, outage, revoked, neighboursAway, audit]

/** 120 s for all of it; a run takes a fifth. */
const deadlineMs = 120_000

/** A token life that can be waited out. */
const tokenLife = '2s'

/**
 * Walks the story once, on ports and data of its own, and says of each step what was seen. True when every step held.
 * Leaves nothing behind, whatever happens.
 */
export async function walkOnce(signal: AbortSignal): Promise<boolean> {
  await buildNextApplication(signal)
  if (signal.aborted) return false
  const portBase = await freeBase()
  const data = mkdtempSync(join(tmpdir(), 'single-state-demo-'))
  const lines: string[] = []
  const demonstration = createDemonstration({
    portBase,
    data,
    tokenLife,
    onLine: (name, line) => lines.push(`${name.padEnd(9)} │ ${readableLine(line) ?? 'asked whether it is ready'}`),
  })
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)])
    const held = await Promise.race([walk(createStage(demonstration, either)), rejectionOf(either)])
    if (!held) console.error(['', 'What the parts printed last:', ...lines.slice(-40)].join('\n'))
    return held
  } finally {
    await demonstration.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

async function walk(stage: Stage): Promise<boolean> {
  const beganAt = performance.now()
  await stage.demonstration.start()
  console.log(`six processes up in ${secondsSince(beganAt)}, ${Object.values(stage.demonstration.origins).join(' ')}`)
  let held = 0
  for (const step of steps) {
    if (!(await take(stage, step, held + 1))) break
    held += 1
  }
  const all = held === steps.length
  if (!stage.signal.aborted) console.log(`${all ? '✓' : '✗'} ${held} of ${steps.length} steps held, ${secondsSince(beganAt)}`)
  return all
}

async function take(stage: Stage, { name, run }: Step, number: number): Promise<boolean> {
  const beganAt = performance.now()
  try {
    const seen = await run(stage)
    console.log(`✓ ${number} ${name}: ${seen} (${secondsSince(beganAt)})`)
    return true
  } catch (error) {
    // A step under which the parts were stopped has not failed by itself.
    if (!stage.signal.aborted)
      console.log(`✗ ${number} ${name}: ${error instanceof Error ? error.message : String(error)} (${secondsSince(beganAt)})`)
    return false
  }
}

function secondsSince(beganAt: number): string {
  return `${((performance.now() - beganAt) / 1_000).toFixed(2)} s`
}

/** The caller asks to stop, or the deadline passes: then the parts are stopped under the step that waits. */
function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
}
