import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from './command.ts'

/** A package.json: its text, and what it says. */
export interface ProjectManifest {
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** @throws CommandError when there is one that is no JSON object. */
export function readManifest(folder: string): ProjectManifest | null {
  const file = join(folder, 'package.json')
  if (!existsSync(file)) return null
  const text = readFileSync(file, 'utf8')
  const json = parsed(text)
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new CommandError(`${file}: expected a JSON object`)
  return { text, json: json as ProjectManifest['json'] }
}

/** Makes Node.js and the compiler read `.ts` files as they are meant, and keeps secrets out of git. Adds; changes nothing that is there. */
export function prepareProject(folder: string, manifest: ProjectManifest | null): string[] {
  return [ignoreSecrets(folder), makeModule(folder, manifest), configureCompiler(folder)].filter((line) => line !== null)
}

function ignoreSecrets(folder: string): string | null {
  const file = join(folder, '.gitignore')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const ignored = text.split(/\r?\n/).map((line) => line.trim())
  const missing = ['.env', 'sessions.db*', 'node_modules'].filter((line) => !ignored.includes(line) && !ignored.includes(`${line}/`))
  if (missing.length === 0) return null
  appendFileSync(file, `${text === '' || text.endsWith('\n') ? '' : '\n'}${missing.join('\n')}\n`)
  return `.gitignore         ${missing.join(', ')} stay out of git`
}

function makeModule(folder: string, manifest: ProjectManifest | null): string | null {
  const type = manifest?.json['type']
  if (manifest === null || type === 'module') return null
  if (type !== undefined) return `package.json       says "type": "${type}"; these files are ES modules: npm pkg set type=module`
  const indent = /^[ \t]+(?=")/m.exec(manifest.text)?.[0] ?? '  '
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ ...manifest.json, type: 'module' }, null, indent)}\n`)
  return 'package.json       "type": "module", as these files are ES modules'
}

const compilerOptions = {
  module: 'nodenext',
  target: 'es2024',
  types: ['node'],
  strict: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  skipLibCheck: true,
}

/** Node.js runs the files without a compiler; editors need to be told that they end in `.ts` when they import each other. */
function configureCompiler(folder: string): string | null {
  const file = join(folder, 'tsconfig.json')
  if (existsSync(file)) return 'tsconfig.json      stays as it is; these files need "module": "nodenext" and "allowImportingTsExtensions"'
  writeFileSync(file, `${JSON.stringify({ compilerOptions }, null, 2)}\n`, { flag: 'wx' })
  return 'tsconfig.json      for your editor, and for tsc'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
