import { expectOptions } from '@single-state/core/protocol'
import type { AuditSink } from '../../audit/sink.ts'
import type { EndsJournal } from '../redis/ends-journal.ts'
import { parseAddress } from './address.ts'
import { createConnections } from './pool.ts'
import { textOf } from './saving.ts'
import * as statements from './statements.ts'
import { createTransactions } from './transactions.ts'

/** What of a PostgreSQL serves a deployment on another store. */
export interface BesideOptions {
  /** Its address, as that of a store; `single-state migrate --store <url>` makes the tables. */
  readonly url: string
}

/** Few: both are asked by one call at a time. */
const mostConnections = 4

/**
 * A journal of ends in PostgreSQL, for a Redis store of several gateways.
 *
 * ```ts
 * const store = await redisStore({ url, journal: postgresJournal({ url: 'postgres://gateway@db.example.com/sessions' }) })
 * ```
 *
 * @throws TypeError naming the option.
 */
export function postgresJournal(options: BesideOptions): EndsJournal {
  const { name, transactions, close } = open(options, 'postgresJournal')
  return {
    name,
    append: (entry) =>
      transactions.write([{ ...statements.lockJournal, values: [] }], () => ({
        save: [
          { ...statements.appendEnd, values: [JSON.stringify(entry)] },
          { ...statements.trimEnds, values: [] },
        ],
        answer: () => undefined,
      })),
    since: async (mark) => {
      const { rows } = await transactions.read({ ...statements.readEnds, values: [mark === '' ? 0 : Number(mark)] })
      return { entries: rows.map(({ entry }) => JSON.parse(entry)), mark: rows.length === 0 ? mark : String(rows.at(-1).number) }
    },
    close,
  }
}

/**
 * An audit sink in PostgreSQL: table `audit_sink`, one row for each record, which sequence and time tell apart.
 *
 * @throws TypeError naming the option.
 */
export function postgresAuditSink(options: BesideOptions): AuditSink {
  const { name, transactions, close } = open(options, 'postgresAuditSink')
  return {
    name,
    last: async () => {
      const [row] = (await transactions.read({ ...statements.lastSunk, values: [] })).rows
      if (row === undefined) return 'empty'
      const { seq, at } = JSON.parse(row.record)
      return { seq, at }
    },
    write: (records) => {
      const lines = records.map((record) => ({ seq: record.seq, at: record.at, session: record.session, record: JSON.stringify(record) }))
      return transactions.write([], () => ({ save: [{ ...statements.sinkAudit, values: [textOf(lines)] }], answer: () => undefined }))
    },
    close,
  }
}

function open(options: BesideOptions, who: string) {
  expectOptions(options, ['url'], who)
  const address = parseAddress(options.url)
  const connections = createConnections(address, mostConnections)
  return { name: address.name, transactions: createTransactions(connections, mostConnections), close: connections.close }
}
