// The signed-in session: PeerTube's OAuth tokens in localStorage.
//
// `GET /oauth-clients/local` names the client, `POST /users/token` trades a password or a refresh
// token for a pair. Refresh tokens work once, so tabs take turns through a lock and look whether
// another one has been faster.

import { problemOf } from './problem.ts'
import { forget, recall, remember } from '../ui/storage.ts'

export interface Session {
  accessToken: string
  refreshToken: string
  /** Unix milliseconds. */
  expiresAt: number
  username: string
}

interface TokenAnswer {
  access_token: string
  refresh_token: string
  expires_in: number
}

const KEY = 'session'
/** A token that lives shorter than this is renewed before it is used. */
const RENEW_BEFORE_MS = 30_000

export function currentSession(): Session | null {
  const value = recall(KEY) as Partial<Session> | null
  if (!value || typeof value.accessToken !== 'string' || typeof value.refreshToken !== 'string') return null
  return {
    accessToken: value.accessToken,
    refreshToken: value.refreshToken,
    expiresAt: Number(value.expiresAt) || 0,
    username: String(value.username ?? '')
  }
}

/** Signs in; `otp` is the second factor where the account has one. */
export async function signIn(username: string, password: string, otp: string): Promise<Session> {
  const headers: Record<string, string> = otp ? { 'x-peertube-otp': otp } : {}
  const session = await requestTokens({ grant_type: 'password', username, password }, username, headers)
  store(session)
  return session
}

/** Drops the session here and on the server. */
export async function signOut(): Promise<void> {
  const session = currentSession()
  store(null)
  if (!session) return
  // The tokens are gone from this browser whatever the server says.
  await fetch('/api/v1/users/revoke-token', {
    method: 'POST', headers: { authorization: `Bearer ${session.accessToken}` }
  }).catch(() => undefined)
}

/** An access token fit for use now, `null` when signed out. */
export async function freshToken(): Promise<string | null> {
  const session = currentSession()
  if (!session) return null
  if (session.expiresAt - Date.now() > RENEW_BEFORE_MS) return session.accessToken
  return (await refreshSession(session))?.accessToken ?? null
}

/** A new pair for the stale one; `null`, and signed out, when the server refuses it. */
export function refreshSession(stale: Session): Promise<Session | null> {
  return inTurn(async () => {
    const current = currentSession()
    if (current && current.accessToken !== stale.accessToken) return current
    if (!current) return null
    try {
      const renewed = await requestTokens(
        { grant_type: 'refresh_token', refresh_token: current.refreshToken }, current.username, {}
      )
      store(renewed)
      return renewed
    } catch (error) {
      // Only a refusal ends the session; a lost connection does not.
      const status = (error as { status?: unknown }).status
      if (typeof status !== 'number' || status < 400 || status >= 500) throw error
      store(null)
      return null
    }
  })
}

function inTurn<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('edgetube.refresh', work) : work()
}

async function requestTokens(
  grant: Record<string, string>, username: string, headers: Record<string, string>
): Promise<Session> {
  const client = await answer<{ client_id: string, client_secret: string }>(
    await fetch('/api/v1/oauth-clients/local')
  )
  const form = new URLSearchParams({ ...client, response_type: 'code', ...grant })
  const tokens = await answer<TokenAnswer>(
    await fetch('/api/v1/users/token', { method: 'POST', body: form, headers })
  )
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: Date.now() + tokens.expires_in * 1000,
    username
  }
}

async function answer<T>(response: Response): Promise<T> {
  const body: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(response.status, body)
  return body as T
}

function store(session: Session | null): void {
  if (session) {
    remember(KEY, session)
    document.documentElement.dataset['session'] = ''
  } else {
    forget(KEY)
    delete document.documentElement.dataset['session']
  }
}
