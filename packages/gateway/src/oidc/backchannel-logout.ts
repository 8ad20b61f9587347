import { isSessionError, SessionError } from '@single-state/core/protocol'
import { ProblemError } from '../http/problem.ts'
import { causeText } from './cause-text.ts'
import type { LoginPorts } from './login-ports.ts'
import { readForm } from './read-form.ts'
import { createReplayGuard } from './replay-guard.ts'

/** 512: as many as the store takes at once. Whoever sends more waits, so that a flood of made-up tokens does not crowd out reads. */
export const mostUnderWay = 512

/**
 * Makes `POST /backchannel-logout` (OpenID Connect Back-Channel Logout section 2.5): the provider says who has signed out
 * there, by the person or by its own session, and those sessions end here.
 *
 * The answer is 200 only once that is committed, also when there was nothing left to end; 400 for everything else
 * (section 2.8): `request_invalid` for a token that does not hold, `logout_failed` when the end could not be made sure of.
 * Beyond 512 at once: `rate_limited`.
 */
export function createBackchannelLogout(ports: LoginPorts): (request: Request) => Promise<Response> {
  const replays = createReplayGuard()
  let underWay = 0

  async function obey(token: string, traceId: string | null): Promise<void> {
    const notice = await ports.idp.judgeLogoutToken(token)
    if (replays.knows(notice.jti, ports.now())) throw new ProblemError('request_invalid', { detail: 'logout_token: shown before' })
    const ended = await ports.endByProvider(notice, traceId)
    // Only now: what failed may be sent again.
    replays.remember(notice.jti, notice.believedUntilMs, ports.now())
    ports.log.info({ traceId, ended, by: notice.idpSession === null ? 'sub' : 'sid' }, 'the identity provider ended sessions')
  }

  return async (request) => {
    const traceId = ports.traceIdOf(request)
    try {
      const token = await tokenOf(request)
      if (underWay >= mostUnderWay) throw new SessionError('rate_limited')
      underWay++
      await obey(token, traceId).finally(() => underWay--)
      return new Response(null, { status: 200 })
    } catch (error) {
      throw refusalOf(ports, error, traceId)
    }
  }
}

async function tokenOf(request: Request): Promise<string> {
  const [token, second] = (await readForm(request)).getAll('logout_token')
  if (token === undefined || second !== undefined) {
    throw new ProblemError('request_invalid', { detail: 'expected a form with one logout_token' })
  }
  return token
}

/** Whatever stood in the way, the provider is told 400: the one status by which it knows that nobody was signed out. */
function refusalOf(ports: LoginPorts, error: unknown, traceId: string | null): unknown {
  if (!isSessionError(error) || error.code === 'rate_limited') return error
  const fields = { traceId, code: error.code, why: error.message, cause: causeText(error.cause) }
  ports.log.warn(fields, 'a sign-out by the identity provider came to nothing')
  if (error.code === 'request_invalid') return error
  if (error.code === 'document_too_large') return new ProblemError('request_invalid', { detail: 'the form is too large' })
  return new ProblemError('logout_failed')
}
