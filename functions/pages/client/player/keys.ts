// Keyboard commands, the same as on other video sites.

export type Command =
  | { do: 'toggle' | 'mute' | 'fullscreen' | 'captions' | 'theatre' | 'picture' }
  | { do: 'seek-by' | 'seek-to' | 'volume-by' | 'speed-by' | 'step', by: number }

export interface Key {
  key: string
  ctrlKey: boolean
  altKey: boolean
  metaKey: boolean
}

/** The command of a key, `null` for keys that are not ours. `seek-to` counts in tenths. */
export function commandOf({ key, ctrlKey, altKey, metaKey }: Key): Command | null {
  if (ctrlKey || altKey || metaKey) return null
  if (/^[0-9]$/.test(key)) return { do: 'seek-to', by: Number(key) }
  switch (key.length === 1 ? key.toLowerCase() : key) {
    case ' ': case 'k': return { do: 'toggle' }
    case 'm': return { do: 'mute' }
    case 'f': return { do: 'fullscreen' }
    case 'c': return { do: 'captions' }
    case 't': return { do: 'theatre' }
    case 'i': return { do: 'picture' }
    case 'j': return { do: 'seek-by', by: -10 }
    case 'l': return { do: 'seek-by', by: 10 }
    case 'ArrowLeft': return { do: 'seek-by', by: -5 }
    case 'ArrowRight': return { do: 'seek-by', by: 5 }
    case 'ArrowUp': return { do: 'volume-by', by: 0.05 }
    case 'ArrowDown': return { do: 'volume-by', by: -0.05 }
    case 'Home': return { do: 'seek-to', by: 0 }
    case 'End': return { do: 'seek-to', by: 10 }
    case '>': return { do: 'speed-by', by: 1 }
    case '<': return { do: 'speed-by', by: -1 }
    case '.': return { do: 'step', by: 1 }
    case ',': return { do: 'step', by: -1 }
    default: return null
  }
}

/** Keys that scroll or move in the page and are ours only while the player has the focus. */
const PAGE_KEYS = ['ArrowUp', 'ArrowDown', 'Home', 'End']

/** Whether a key pressed at `target` belongs to the player. */
export function isForPlayer(key: string, target: Element | null, player: Element): boolean {
  const inside = target !== null && player.contains(target)
  if (target?.closest('input:not([type="range"]), textarea, select, [contenteditable], dialog[open], [role="menu"]')) return false
  // Buttons, links and disclosure widgets keep their own keys.
  if ((key === ' ' || key === 'Enter') && target?.closest('button, a, summary')) return false
  if (target instanceof HTMLInputElement && key.startsWith('Arrow')) return false
  return inside || !PAGE_KEYS.includes(key)
}
