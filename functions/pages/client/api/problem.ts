// Errors of the REST API: RFC 9457 problem documents with PeerTube's codes.

/** What the server said instead of the answer. */
export class ApiError extends Error {
  readonly status: number
  /** PeerTube's error code, `invalid_token`, or an empty string. */
  readonly code: string
  /** Fields that were refused, with the reason of each. */
  readonly fields: Record<string, string>

  constructor(status: number, code: string, detail: string, fields: Record<string, string> = {}) {
    super(detail)
    this.status = status
    this.code = code
    this.fields = fields
  }
}

/** Reads an RFC 9457 problem, or makes one of the status alone. */
export async function problem(response: Response): Promise<ApiError> {
  try {
    return problemOf(response.status, await response.json())
  } catch {
    return problemOf(response.status, null)
  }
}

export function problemOf(status: number, body: unknown): ApiError {
  const about = (body ?? {}) as Record<string, unknown>
  const detail = [about['detail'], about['error'], about['title']].find(text => typeof text === 'string' && text)
  const fields: Record<string, string> = {}
  for (const [name, fault] of Object.entries((about['invalid-params'] ?? {}) as Record<string, { msg?: unknown }>)) {
    fields[name] = typeof fault?.msg === 'string' ? fault.msg : 'Invalid value'
  }
  const code = typeof about['code'] === 'string' ? about['code'] : ''
  return new ApiError(status, code, (detail as string | undefined) ?? `The server answered ${status}.`, fields)
}
