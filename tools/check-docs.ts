// Compiles the TypeScript blocks of README files and docs/, so that no page shows code that does not exist.
//
// Each page gets a folder. A block whose first line is a comment with a file name (`// app.ts`) becomes that file, so that
// later blocks of the page can import it; every other block is a module of its own. What a page takes for granted stands in
// a comment: <!-- file: contract.ts … -->
import { spawnSync } from 'node:child_process'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Block {
  readonly file: string
  readonly text: string
}

const folder = 'docs/.blocks'

/** The blocks of one page, in order. */
export function blocksOf(markdown: string): Block[] {
  const found = markdown.matchAll(/<!-- file: (?<hidden>\S+)\n(?<setup>[\s\S]*?)-->|^```(?<kind>tsx?)\n(?<code>[\s\S]*?)^```$/gm)
  return [...found].map(({ groups }, index) => {
    if (groups?.hidden) return { file: groups.hidden, text: groups.setup ?? '' }
    const text = groups?.code ?? ''
    const named = /^\/\/ ([\w.-]+\.tsx?)\b/.exec(text)?.[1]
    return { file: named ?? `block-${index + 1}.${groups?.kind}`, text }
  })
}

function extract(pages: readonly string[]): number {
  rmSync(folder, { recursive: true, force: true })
  let count = 0
  for (const page of pages) {
    const target = join(folder, page.replaceAll('/', '-').replace(/\.md$/, ''))
    mkdirSync(target, { recursive: true })
    for (const { file, text } of blocksOf(readFileSync(page, 'utf8'))) {
      // A block without imports or exports is a script to the compiler, and would share its names with the others.
      writeFileSync(join(target, file), /^(import|export)\b/m.test(text) ? text : `${text}\nexport {}\n`)
      count += 1
    }
  }
  return count
}

if (import.meta.main) {
  const pages = globSync(['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', 'packages/*/README.md'], {
    exclude: (path) => path.includes('node_modules'),
  })
  const count = extract(pages)
  const { status } = spawnSync('tsc', ['-p', 'docs/tsconfig.json'], { stdio: 'inherit' })
  console.log(`${count} blocks of ${pages.length} pages compiled`)
  process.exitCode = count === 0 ? 1 : (status ?? 1)
}
