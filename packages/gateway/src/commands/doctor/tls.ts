import type { X509Certificate } from 'node:crypto'
import { durationText } from '../../duration-text.ts'
import { readTlsFiles, type TlsFiles } from '../../tls-files.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

const dayMs = 86_400_000
/** 14 d: certificates that are renewed by a program are renewed a month before their end, so by then it has failed. */
const shortlyMs = 14 * dayMs

/** The certificate of the gateway's own listener; nothing where it speaks plain HTTP behind a proxy. */
export function listenerFindings(files: TlsFiles | null, origin: string, folder: string, nowMs: number): readonly Finding[] {
  if (files === null) return []
  try {
    return certificateFindings(readTlsFiles(files, folder).certificate, files.cert, origin, nowMs)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return [fail('tls', error.message, "correct it; 'single-state gateway' would not start either")]
  }
}

function certificateFindings(certificate: X509Certificate, file: string, origin: string, nowMs: number): readonly Finding[] {
  const { hostname } = new URL(origin)
  const leftMs = certificate.validToDate.getTime() - nowMs
  const until = certificate.validToDate.toISOString()
  return [
    certificate.checkHost(hostname) === undefined && certificate.checkIP(hostname) === undefined
      ? warn('tls', `the certificate of ${file} does not name ${hostname}`, 'browsers that reach this listener directly refuse it')
      : ok('tls', `the certificate of ${file} names ${hostname}`),
    leftMs <= 0
      ? fail('tls', `the certificate has run out at ${until}`, 'renew it, then send the gateway SIGHUP')
      : leftMs < shortlyMs
        ? warn(
            'tls',
            `the certificate runs out in ${durationText(Math.ceil(leftMs / dayMs) * dayMs)}`,
            'renew it, then send the gateway SIGHUP',
          )
        : ok('tls', `the certificate holds until ${until}`),
  ]
}
