// What the browser remembers. Third-party frames may be refused storage: every access can fail,
// and nothing on the site depends on its success.

const PREFIX = 'edgetube.'

export function remember(name: string, value: unknown): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch { /* full or forbidden: the value is only forgotten */ }
}

export function recall(name: string): unknown {
  try {
    const text = localStorage.getItem(PREFIX + name)
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}

export function forget(name: string): void {
  try {
    localStorage.removeItem(PREFIX + name)
  } catch { /* nothing was remembered */ }
}
