import { createRequire } from 'node:module'
import { adapterContract } from '@single-state/testing/adapter-contract'
import express from 'express'
import { describe, it } from 'vitest'
import { startExpress } from './fixtures/express-fixture.ts'

// Its types are those of Express 5: what the fixture uses is the same in both.
const express4 = createRequire(import.meta.url)('express4') as typeof express

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
