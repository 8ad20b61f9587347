import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** Writes a certificate for `localhost` that signs itself, and its key; answers their names. */
export function writeCertificate(folder: string, name: string, days = 30): { readonly key: string; readonly cert: string } {
  const files = { key: `${name}.key`, cert: `${name}.crt` }
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const output = ['-keyout', join(folder, files.key), '-out', join(folder, files.cert)]
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  execFileSync('openssl', ['req', '-x509', ...key, '-days', String(days), ...subject, ...output], { stdio: 'pipe' })
  return files
}
