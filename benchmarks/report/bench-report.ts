import { readFile, writeFile } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import { readsChart } from '../reads/reads-chart.ts'
import { figuresMarkdown, pageWith } from './page.ts'
import { readResults } from './results.ts'

/** What the command line asks for. */
export interface ReportOptions {
  /** Where the suites' `--json` files are. */
  readonly folder: string | undefined
  readonly markdown?: string | undefined
  readonly chart?: string | undefined
}

const concepts = resolve(import.meta.dirname, '..', '..', 'docs', 'concepts')

/** Writes the figures of earlier runs into the page of the documentation, and its picture: nobody copies a figure by hand. */
export async function benchReport({ folder, markdown, chart }: ReportOptions): Promise<void> {
  if (folder === undefined) throw new TypeError('report: expected the folder of the JSON files')
  const results = await readResults(folder)
  const page = resolve(markdown ?? `${concepts}/performance.md`)
  const picture = resolve(chart ?? `${concepts}/performance-reads.svg`)
  const figures = figuresMarkdown(results, relative(dirname(page), picture))
  await writeFile(page, pageWith(await readFile(page, 'utf8'), figures))
  if (results.reads) await writeFile(picture, readsChart(results.reads))
  process.stdout.write(`${figures}\n`)
}
