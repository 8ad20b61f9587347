import { adapterContract } from '@single-state/testing/adapter-contract'
import express from 'express'
import express4 from 'express4'
import { describe, it } from 'vitest'
import { startExpress } from './fixtures/express-fixture.ts'

adapterContract({ describe, it }, { name: 'Express 5', start: startExpress(express, (handler) => handler) })

adapterContract(
  { describe, it },
  {
    name: 'Express 4',
    start: startExpress(express4, (handler) => (request, response, next) => {
      handler(request, response).catch(next)
    }),
  },
)
