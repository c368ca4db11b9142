// What went wrong, in words.

/** Shows an error in an alert, or hides it. */
export function complain(problem: HTMLElement, error: unknown): void {
  problem.hidden = error === null
  problem.textContent = error === null ? '' : wordsOf(error)
}

export function wordsOf(error: unknown): string {
  return error instanceof TypeError ? 'The server could not be reached.' : (error as Error).message
}
