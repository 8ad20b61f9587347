import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFlights, type FlightOptions } from './flights.ts'

interface Flight {
  readonly questions: readonly string[]
  land(): Promise<void>
  crash(error: unknown): Promise<void>
}

/** Flights whose landings and deadlines the test decides; each question is answered with `<question>!`. */
function openAirport(overrides: Partial<FlightOptions<string, string>> = {}) {
  const out: Flight[] = []
  const deadlines = new Set<() => void>()
  const boarding: (() => void)[] = []
  const flights = createFlights<string, string>({
    send: (questions) =>
      new Promise((resolve, reject) => {
        const leave = async (act: () => void) => {
          out.splice(out.indexOf(flight), 1)
          act()
          await turn()
        }
        const flight: Flight = {
          questions,
          land: () => leave(() => resolve(questions.map((question) => `${question}!`))),
          crash: (error) => leave(() => reject(error)),
        }
        out.push(flight)
      }),
    prefer: (held, joining) => (joining.localeCompare(held) > 0 ? joining : held),
    largestBatch: 128,
    mostOut: 4,
    mostWaiting: 10_000,
    soon: (call) => void boarding.push(call),
    startDeadline: (passed) => {
      deadlines.add(passed)
      return () => deadlines.delete(passed)
    },
    ...overrides,
  })
  /** Ends the turn in which the questions before it have arrived. */
  const board = () => {
    for (const call of boarding.splice(0)) call()
  }
  /** Asks in a turn of its own. */
  const ask = (id: string, question = id) => {
    const answer = flights.ask(id, question)
    board()
    return answer
  }
  return { askTogether: flights.ask, ask, board, out, deadlines, leaving: () => out.map(({ questions }) => questions) }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

describe('createFlights', () => {
  it('lets a question leave at once while there is a request to spare', () => {
    const { ask, leaving } = openAirport()
    for (const id of ['a', 'b', 'c', 'd']) void ask(id, id)
    expect(leaving()).toEqual([['a'], ['b'], ['c'], ['d']])
  })

  it('lets what arrives in one turn leave in one request', async () => {
    const { askTogether, board, out, leaving } = openAirport()
    const answers = Promise.all(['a', 'b', 'c', 'b'].map((id) => askTogether(id, id)))
    expect(leaving()).toEqual([])
    board()
    expect(leaving()).toEqual([['a', 'b', 'c']])
    await out[0]?.land()
    expect(await answers).toEqual(['a!', 'b!', 'c!', 'b!'])
  })

  it('lets those that wait leave together when one lands', async () => {
    const { ask, out, leaving } = openAirport()
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) void ask(id, id)
    await out[0]?.land()
    expect(leaving()).toEqual([['b'], ['c'], ['d'], ['e', 'f', 'g']])
  })

  it('never lets a question join a request about the same session that has left', async () => {
    const { ask, out, leaving } = openAirport()
    const first = ask('a', 'a1')
    const second = ask('a', 'a2')
    expect(leaving()).toEqual([['a1']])
    await out[0]?.land()
    expect(leaving()).toEqual([['a2']])
    await out[0]?.land()
    expect(await Promise.all([first, second])).toEqual(['a1!', 'a2!'])
  })

  it('keeps one out and one waiting for each session, however many ask', async () => {
    const { ask, out, leaving } = openAirport()
    const answers = Promise.all(['a1', 'a2', 'a3', 'a2'].map((question) => ask('a', question)))
    expect(leaving()).toEqual([['a1']])
    await out[0]?.land()
    expect(leaving()).toEqual([['a3']])
    await out[0]?.land()
    expect(await answers).toEqual(['a1!', 'a3!', 'a3!', 'a3!'])
  })

  it('takes at most the largest batch along', async () => {
    const { ask, out, leaving } = openAirport({ largestBatch: 2, mostOut: 1 })
    for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) void ask(id, id)
    await out[0]?.land()
    expect(leaving()).toEqual([['b', 'c']])
  })

  it('tells everybody who waits when a request fails, and forgets it', async () => {
    const { ask, out, leaving } = openAirport({ mostOut: 1 })
    const lost = new Error('lost')
    const leader = ask('a', 'a')
    const followers = [ask('b', 'b'), ask('b', 'b')]
    const errors = Promise.allSettled([leader, ...followers])
    await out[0]?.land()
    await out[0]?.crash(lost)
    expect((await errors).map((settled) => ('reason' in settled ? settled.reason : settled.value))).toEqual(['a!', lost, lost])
    void ask('b', 'again')
    expect(leaving()).toEqual([['again']])
  })

  it('sheds a session beyond the most that may wait, and still lets others join', async () => {
    const { ask, out } = openAirport({ mostOut: 1, mostWaiting: 1 })
    void ask('a', 'a')
    const waiting = ask('b', 'b')
    const joined = ask('b', 'b')
    await expect(ask('c', 'c')).rejects.toThrow('too many sessions wait')
    await out[0]?.land()
    await out[0]?.land()
    expect(await Promise.all([waiting, joined])).toEqual(['b!', 'b!'])
  })

  it('gives up on one that has waited too long, and does not let a question leave that nobody waits for', async () => {
    const { ask, out, deadlines, leaving } = openAirport({ mostOut: 1 })
    void ask('a', 'a')
    const late = ask('b', 'b')
    const [passed] = deadlines
    passed?.()
    await expect(late).rejects.toThrow('too long')
    await out[0]?.land()
    expect(leaving()).toEqual([])
  })

  it('gives up on one and lets the question leave for the others', async () => {
    const { ask, out, deadlines } = openAirport({ mostOut: 1 })
    void ask('a', 'a')
    const late = ask('b', 'b')
    const patient = ask('b', 'b')
    const [passed] = deadlines
    passed?.()
    await expect(late).rejects.toThrow('too long')
    await out[0]?.land()
    await out[0]?.land()
    expect(await patient).toBe('b!')
  })

  it('runs no deadline for one that leaves at once, and stops those of the others with their answer', async () => {
    const { ask, out, deadlines } = openAirport({ mostOut: 1 })
    void ask('a', 'a')
    expect(deadlines.size).toBe(0)
    void ask('b', 'b')
    expect(deadlines.size).toBe(1)
    await out[0]?.land()
    await out[0]?.land()
    expect(deadlines.size).toBe(0)
  })
})

/** An arrival at a session, or the landing of one of the requests that are out. */
type Step = { readonly ask: string } | { readonly land: number; readonly lost: boolean }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(fc.record({ ask: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f') }), fc.record({ land: fc.nat(5), lost: fc.boolean() })),
  { maxLength: 60 },
)

describe('createFlights, whatever the arrivals and landings', () => {
  it('rule 5: answers every question by a request that left after it was asked', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), async (story, mostOut, largestBatch) => {
        let now = 0
        const out: { ids: readonly string[]; land: (lost: boolean) => void }[] = []
        const flights = createFlights<string, { leftAt: number; id: string }>({
          send: (ids) =>
            new Promise((resolve, reject) => {
              now += 1
              const leftAt = now
              const flight = {
                ids,
                land: (lost: boolean) => {
                  out.splice(out.indexOf(flight), 1)
                  if (lost) reject(new Error('lost'))
                  else resolve(ids.map((id) => ({ leftAt, id })))
                },
              }
              out.push(flight)
              expect(out.length).toBeLessThanOrEqual(mostOut)
              expect(ids.length).toBeLessThanOrEqual(largestBatch)
              const inTheAir = out.flatMap((each) => each.ids)
              expect(new Set(inTheAir).size).toBe(inTheAir.length)
            }),
          prefer: (held) => held,
          largestBatch,
          mostOut,
          mostWaiting: 100,
          soon: queueMicrotask,
          startDeadline: () => () => {},
        })
        const answered: Promise<boolean>[] = []
        for (const step of story) {
          now += 1
          if ('ask' in step) {
            const askedAt = now
            const judged = (answer: { leftAt: number; id: string }) => answer.id === step.ask && answer.leftAt > askedAt
            answered.push(flights.ask(step.ask, step.ask).then(judged, (error) => error.message === 'lost'))
          } else out[step.land % Math.max(1, out.length)]?.land(step.lost)
          await Promise.resolve()
        }
        while (out.length > 0) {
          out[0]?.land(false)
          await turn()
        }
        expect(await Promise.all(answered)).toEqual(answered.map(() => true))
      }),
    )
  })
})
