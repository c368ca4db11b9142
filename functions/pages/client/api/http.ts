// Requests to the REST API, signed when there is a session, refreshed when its token has expired.

import { problem } from './problem.ts'
import { currentSession, refreshSession, type Session } from './session.ts'

/** Nobody is signed in, or no longer. */
export class SignedOut extends Error {
  constructor() {
    super('You are not signed in.')
  }
}

export interface RequestOptions {
  method?: string
  /** Sent as JSON. */
  json?: unknown
  form?: URLSearchParams | FormData
  headers?: Record<string, string>
  signal?: AbortSignal
  /** `require` throws `SignedOut` without a session; `omit` never sends a token. */
  session?: 'use' | 'require' | 'omit'
}

/** Calls `/api/v1` + `path` and answers the decoded JSON, `null` for an empty body. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options)
  if (!response.ok) throw await problem(response)
  const text = await response.text()
  return (text === '' ? null : JSON.parse(text)) as T
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const mode = options.session ?? 'use'
  const session = mode === 'omit' ? null : currentSession()
  if (mode === 'require' && !session) throw new SignedOut()

  const response = await attempt(path, options, session)
  if (response.status !== 401 || !session) return response
  const renewed = await refreshSession(session)
  if (renewed) return attempt(path, options, renewed)
  if (mode === 'require') throw new SignedOut()
  return attempt(path, options, null)
}

function attempt(path: string, options: RequestOptions, session: Session | null): Promise<Response> {
  const headers = new Headers(options.headers)
  if (session) headers.set('authorization', `Bearer ${session.accessToken}`)
  let body: BodyInit | null = options.form ?? null
  if (options.json !== undefined) {
    headers.set('content-type', 'application/json')
    body = JSON.stringify(options.json)
  }
  return fetch(`/api/v1${path}`, {
    method: options.method ?? 'GET', headers, body, signal: options.signal ?? null
  })
}
