import { readFileSync, writeFileSync } from 'node:fs'
import { withLimits } from './limits-section.ts'

const page = new URL('../../../docs/reference/configuration.md', import.meta.url)
writeFileSync(page, withLimits(readFileSync(page, 'utf8')))
