// Whether this viewer plays from other viewers: the pure part.

export interface Wishes {
  /** What holds on this instance for whoever has not chosen. */
  enabled: boolean
  /** What this viewer has chosen in the menu, if anything. */
  chosen: SharingChoice
  /** What the page around an embed asks for. */
  asked: boolean | null
  /** Data may cost the viewer money. */
  metered: boolean
}

/** `anywhere` was chosen on a metered connection, so it holds there too; `on` elsewhere, so it does not. */
export type SharingChoice = 'off' | 'on' | 'anywhere' | null

/** Whether the viewer is asked at all: not where the channel, the video or the page around an embed says no. */
export function isSharingOffered(trackers: number, asked: boolean | null): boolean {
  return trackers > 0 && asked !== false
}

/** A viewer's choice outranks the instance's; nobody but the viewer turns it on where data costs money. */
export function isSharingOn({ enabled, chosen, asked, metered }: Wishes): boolean {
  if (chosen === 'off' || asked === false) return false
  if (metered) return chosen === 'anywhere'
  return chosen !== null || enabled || asked === true
}

/** What to remember of a switch that was set by hand. */
export function choiceFor(on: boolean, metered: boolean): NonNullable<SharingChoice> {
  if (!on) return 'off'
  return metered ? 'anywhere' : 'on'
}

export function parseChoice(value: unknown): SharingChoice {
  return value === 'off' || value === 'on' || value === 'anywhere' ? value : null
}

interface NetworkInformation extends EventTarget { type?: string, saveData?: boolean }

/** The connection as far as browsers tell; only some do. */
export function connection(): NetworkInformation | null {
  return (navigator as { connection?: NetworkInformation }).connection ?? null
}

export function isMetered(network: NetworkInformation | null): boolean {
  return network?.type === 'cellular' || network?.saveData === true
}

/** Whole percent of what came from other viewers; `null` before anything came. */
export function peerShare(peerBytes: number, edgeBytes: number): number | null {
  const all = peerBytes + edgeBytes
  return all > 0 ? Math.round(peerBytes / all * 100) : null
}
