// The few methods of Node's event emitter that p2p-media-loader calls.

type Listener = (...values: never[]) => void

export class Emitter {
  private readonly listeners = new Map<string, Set<Listener>>()

  on(name: string, listener: Listener): void {
    const all = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, all.add(listener))
  }

  off(name: string, listener: Listener): void {
    this.listeners.get(name)?.delete(listener)
  }

  protected emit(name: string, ...values: unknown[]): void {
    // A copy: listeners may remove themselves or each other.
    for (const listener of [...this.listeners.get(name) ?? []]) listener(...values as never[])
  }
}
