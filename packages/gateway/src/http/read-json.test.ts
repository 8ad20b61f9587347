import { describe, expect, it } from 'vitest'
import { bodyLimits, readJson } from './read-json.ts'

const asked = (body: BodyInit, type = 'application/json') =>
  new Request('http://localhost/', { method: 'POST', body, headers: { 'Content-Type': type }, duplex: 'half' } as RequestInit)

describe('readJson', () => {
  it.each(['application/json', 'Application/JSON', 'application/json; charset=utf-8', 'application/json ;charset="UTF-8"'])(
    'reads %s',
    async (type) => {
      expect(await readJson(asked('{"a":"é"}', type), bodyLimits)).toEqual({ text: '{"a":"é"}', value: { a: 'é' } })
    },
  )

  it.each(['', 'text/json', 'application/jsonp', 'application/json; charset=utf-16', 'application/problem+json'])(
    'does not read "%s"',
    async (type) => {
      await expect(readJson(asked('{}', type), bodyLimits)).rejects.toMatchObject({ code: 'media_type_unsupported' })
    },
  )

  it('stops reading a body of unknown length at its limit', async () => {
    let sent = 0
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        sent += 4_096
        controller.enqueue(new Uint8Array(4_096).fill(0x20))
      },
      cancel: () => {
        cancelled = true
      },
    })
    await expect(readJson(asked(endless), bodyLimits)).rejects.toMatchObject({ code: 'document_too_large' })
    expect(cancelled).toBe(true)
    expect(sent).toBeLessThanOrEqual(bodyLimits.bytes + 3 * 4_096)
  })

  it('takes no length at its word: what arrives is held against the limit too', async () => {
    const lying = asked('"xxxx"')
    lying.headers.set('Content-Length', '2')
    await expect(readJson(lying, { ...bodyLimits, bytes: 4 })).rejects.toMatchObject({ code: 'document_too_large' })
    const honest = asked('"xx"')
    honest.headers.set('Content-Length', '4')
    expect((await readJson(honest, { ...bodyLimits, bytes: 4 })).value).toBe('xx')
  })

  it('takes a body of just the limit', async () => {
    const text = JSON.stringify('x'.repeat(62)).padEnd(64)
    expect((await readJson(asked(text), { ...bodyLimits, bytes: 64 })).value).toBe('x'.repeat(62))
    await expect(readJson(asked(`${text} `), { ...bodyLimits, bytes: 64 })).rejects.toMatchObject({ code: 'document_too_large' })
  })
})
