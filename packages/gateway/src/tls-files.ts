import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** Where certificate and private key of a listener lie: PEM files, the certificate with its chain. */
export interface TlsFiles {
  readonly key: string
  readonly cert: string
}

/** A certificate with its chain and its private key, as PEM. */
export interface TlsPair {
  readonly key: string
  readonly cert: string
}

/**
 * Reads a pair, and proves that it is one.
 *
 * @throws TypeError that names the option and what is wrong with its file, never what it holds.
 */
export function readTlsFiles(files: TlsFiles, folder: string): TlsPair & { readonly certificate: X509Certificate } {
  const key = textOf('tls.key', resolve(folder, files.key))
  const cert = textOf('tls.cert', resolve(folder, files.cert))
  const certificate = attempt(`tls.cert: expected a certificate as PEM in ${files.cert}`, () => new X509Certificate(cert))
  const privateKey = attempt(`tls.key: expected a private key as PEM, without a passphrase, in ${files.key}`, () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey))
    throw new TypeError(`tls.key: expected the key of the certificate in ${files.cert}, found another`)
  return { key, cert, certificate }
}

function textOf(option: string, file: string): string {
  return attempt(`${option}: cannot be read`, () => readFileSync(file, 'utf8'))
}

function attempt<Result>(message: string, work: () => Result): Result {
  try {
    return work()
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException
    throw new TypeError(path === undefined ? message : `${message}: ${code} ${path}`, { cause })
  }
}
