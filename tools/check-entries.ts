// Walks what the built entries import, through this repository's own packages, and fails on a module that an entry must not reach.
// The lint looks at each file; this looks at what a user's program really loads.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { build } from 'esbuild'
import { publishedEntries, type WorkspacePackage, workspacePackages } from './workspace-packages.ts'

/** What each entry may reach, by specifier. An entry without a rule fails: a new one has to be thought about. */
const rules: Readonly<Record<string, { only: RegExp } | { never: RegExp }>> = {
  '@single-state/core': { only: /^(jose|lru-cache|zod)$/ },
  '@single-state/core/errors': { only: /^$/ },
  '@single-state/core/adapter': { only: /^(jose|lru-cache|zod)$/ },
  '@single-state/core/protocol': { only: /^(jose|lru-cache|zod)$/ },
  '@single-state/core/node': { only: /^(jose|lru-cache|zod|undici|node:.+)$/ },
  '@single-state/express': { only: /^(express|on-headers|jose|lru-cache|zod|undici|node:.+)$/ },
  '@single-state/hono': { only: /^(hono(\/.+)?|jose|lru-cache|zod)$/ },
  '@single-state/next': { only: /^(next\/.+\.js|jose|lru-cache|zod|undici|node:.+)$/ },
  '@single-state/gateway': { never: /^(express|next|react|vitest|msw|undici|@single-state\/testing)(\/|$)/ },
  '@single-state/gateway/redis': { only: /^(ioredis|jose|lru-cache|zod|node:.+)$/ },
  '@single-state/gateway/postgres': { only: /^(pg|jose|lru-cache|zod|node:.+)$/ },
  '@single-state/gateway/store-contract': { only: /^(vitest|jose|lru-cache|zod|node:.+)$/ },
  'single-state': { never: /^(express|next|react|vitest|msw|undici|@single-state\/testing)(\/|$)/ },
  '@single-state/testing': { never: /^(express|next|react|vitest|msw)(\/|$)/ },
  '@single-state/testing/adapter-contract': { never: /^(express|next|react|msw)(\/|$)/ },
  '@single-state/testing/msw': { never: /^(express|next|react|vitest)(\/|$)/ },
}

const problems: string[] = []
const direct = new Map<string, readonly string[]>()
for (const each of workspacePackages()) await readPackage(each)

for (const entry of direct.keys()) {
  const reached = [...reachedFrom(entry)].sort()
  console.log(`${entry.padEnd(40)} ${reached.join(' ') || 'nothing'}`)
  if (!Object.hasOwn(rules, entry)) problems.push(`${entry} has no rule in tools/check-entries.ts`)
  for (const module of reached) if (!isAllowed(entry, module)) problems.push(`${entry} reaches ${module}`)
}
if (problems.length > 0) {
  console.error(`\n${problems.join('\n')}`)
  process.exitCode = 1
}

async function readPackage(each: WorkspacePackage): Promise<void> {
  const { name, dependencies, peerDependencies, publishConfig } = each.manifest
  const declared = new Set([...Object.keys(dependencies ?? {}), ...Object.keys(peerDependencies ?? {})])
  const commands = Object.entries(publishConfig.bin ?? {}).map(([specifier, file]) => ({ specifier, file: `${each.folder}/${file}` }))
  for (const { specifier, file } of [...publishedEntries(each), ...commands]) {
    if (!existsSync(file)) {
      problems.push(`${specifier} is published, but ${relative(process.cwd(), file)} was not built`)
      continue
    }
    const modules = await externalModules(file)
    direct.set(specifier, modules)
    const missing = modules.filter((module) => !module.startsWith('node:') && !declared.has(packageOf(module)))
    problems.push(...missing.map((module) => `${specifier} imports ${module}, which ${name} does not declare`))
  }
}

/** The modules outside its own package that a built file and its chunks import, statically or not. */
async function externalModules(file: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
    logLevel: 'error',
  })
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  return [...new Set(imports.filter(({ external }) => external).map(({ path }) => path))]
}

/** Follows the entries of this repository; what comes from elsewhere stays as it is. */
function reachedFrom(entry: string, seen = new Set<string>()): Set<string> {
  const reached = new Set<string>()
  if (seen.has(entry)) return reached
  seen.add(entry)
  for (const module of direct.get(entry) ?? []) {
    if (!direct.has(module)) reached.add(module)
    for (const further of reachedFrom(module, seen)) reached.add(further)
  }
  return reached
}

function isAllowed(entry: string, module: string): boolean {
  const rule = rules[entry]
  if (rule === undefined) return false
  return 'only' in rule ? rule.only.test(module) : !rule.never.test(module)
}

function packageOf(module: string): string {
  return module.split('/', module.startsWith('@') ? 2 : 1).join('/')
}
