import { defineContract } from '@single-state/core'
import { serializeStored } from '@single-state/core/protocol'
import { describe, expect, it } from 'vitest'
import { noSealing } from '../encryption/sealing.ts'
import type { SessionRecord } from '../stores/store.ts'
import { createParsedDocuments } from './parsed-documents.ts'

const contract = defineContract({ name: 'acme', applications: { portal: { reads: ['identity'] } } })
const id = 'S'.repeat(43)
const identity = { subject: 'ada', issuer: 'https://idp', authenticatedAt: '2026-01-01T00:00:00.000Z', acr: null, amr: [] }
const bodyOf = (subject: string) => serializeStored(id, { identity: { ...identity, subject }, entitlements: {}, context: {} })

describe('createParsedDocuments', () => {
  const documents = createParsedDocuments(contract, noSealing)
  const recordOf = (body: string, version = 1) => ({ id, body, version, signals: {} }) as unknown as SessionRecord
  const read = async (body: string) => documents.read(recordOf(body))

  it('makes the parts of a text once', async () => {
    const [first, second] = [await read(bodyOf('ada')), await read(bodyOf('ada'))]
    expect(first).toMatchObject({ kind: 'read', parts: { identity: { subject: 'ada' } } })
    expect(second.kind === 'read' && first.kind === 'read' && second.parts === first.parts).toBe(true)
  })

  it('takes no text of a session for another text of it', async () => {
    expect(await read(bodyOf('ada'))).toMatchObject({ parts: { identity: { subject: 'ada' } } })
    expect(await read(bodyOf('eve'))).toMatchObject({ parts: { identity: { subject: 'eve' } } })
    expect(await read(bodyOf('ada').replace('ada', 'a"da'))).toMatchObject({ kind: 'invalid' })
  })

  it('remembers the newest record of a text, and none of a text that is not valid', async () => {
    const met = createParsedDocuments(contract, noSealing)
    expect(met.lastMet(id)).toBeNull()
    await met.read(recordOf(bodyOf('ada'), 1))
    await met.read(recordOf(bodyOf('ada'), 2))
    expect(met.lastMet(id)).toMatchObject({ record: { version: 2 }, parts: { identity: { subject: 'ada' } } })
    await met.read(recordOf('{}', 3))
    expect(met.lastMet(id)).toBeNull()
  })
})
