// One application in a process of its own: node application-main.ts <settings as JSON>, with a channel to who started it.
import { createApplication } from './application.ts'
import type { ApplicationOrder, ApplicationReport, ApplicationSettings } from './application-process.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { visitorOf } from './visitor.ts'

const { name, freshness, site } = JSON.parse(process.argv[2] ?? '{}') as ApplicationSettings
const say = (report: ApplicationReport) => void process.send?.(report)
const recorder: Recorder = {
  ...createRecorder(),
  add: (operation) => say({ kind: 'operation', operation }),
  surprise: (what) => say({ kind: 'surprise', what }),
}
const application = createApplication(name, freshness, site, recorder)

async function obey(order: ApplicationOrder): Promise<void> {
  if (order.action === 'hum') {
    const { tokens, readsPerSecond } = order
    application.hum(tokens.map(visitorOf), readsPerSecond, (report) => say({ kind: 'hum', ...report }))
    return
  }
  const visitor = visitorOf(order.token)
  const cookies: string[] = []
  const keep = (cookie: string | null) => {
    if (cookie !== null) cookies.push(cookie)
    visitor.keep(cookie)
  }
  await application[order.action]({ ...visitor, keep }, order.traceId)
  say({ kind: 'done', id: order.id, cookies })
}

process.on('message', (order: ApplicationOrder) => void obey(order))
process.once('disconnect', () => process.exit())
// A terminal's Ctrl-C goes to everybody: who started this one stops it when the run has been judged.
process.on('SIGINT', () => undefined)
say({ kind: 'ready' })
