import { expect, it } from 'vitest'
import { exportedNames } from '../../../tools/exported-names.ts'

it('exports exactly these names from each entry', async () => {
  expect(await exportedNames(import.meta.filename)).toEqual({
    '.': ['createFaultProxy', 'createTestClock', 'createTestGateway', 'moments', 'sessionView'],
    './adapter-contract': ['adapterContract', 'adapterTestContract', 'serveNode'],
    './msw': ['handlers'],
  })
})
