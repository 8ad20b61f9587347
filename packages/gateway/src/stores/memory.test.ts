import { describe, it } from 'vitest'
import { storeContract } from '../store-contract.ts'
import { memoryStore } from './memory.ts'

storeContract({ describe, it }, { name: 'memory', open: (clock) => memoryStore({ clock }) })
