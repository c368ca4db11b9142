// Checked segments in memory: those that were played, for others, and those that others sent ahead.

import type { SegmentStorage } from 'p2p-media-loader-core'

interface Kept {
  streamId: string
  segmentId: number
  data: ArrayBuffer
  startTime: number
  endTime: number
}

const MIB = 1024 * 1024

/** Bytes for a device with so much memory in GiB, as `navigator.deviceMemory` says it. */
export function storageBytes(deviceMemoryGib: number | undefined): number {
  const gib = deviceMemoryGib ?? 4
  return gib >= 8 ? 512 * MIB : gib >= 4 ? 256 * MIB : 96 * MIB
}

export class SegmentStore implements SegmentStorage {
  private readonly maxBytes: number
  private readonly kept = new Map<string, Kept>()
  private bytes = 0
  private position = 0
  private onChange: (streamId: string) => void = () => undefined

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  async initialize(): Promise<void> {}

  onPlaybackUpdated(position: number): void {
    this.position = position
  }

  onSegmentRequested(): void {}

  async storeSegment(
    _swarmId: string, streamId: string, segmentId: number, data: ArrayBuffer, startTime: number, endTime: number
  ): Promise<void> {
    this.keep(streamId, { segmentId, startTime, endTime }, data)
  }

  /** Takes a segment that was checked. */
  keep(streamId: string, segment: { segmentId: number, startTime: number, endTime: number }, data: ArrayBuffer): void {
    const key = keyOf(streamId, segment.segmentId)
    if (this.kept.has(key) || data.byteLength > this.maxBytes) return
    this.makeRoom(data.byteLength)
    this.kept.set(key, { ...segment, streamId, data })
    this.bytes += data.byteLength
    this.onChange(streamId)
  }

  find(streamId: string, segmentId: number): ArrayBuffer | undefined {
    return this.kept.get(keyOf(streamId, segmentId))?.data
  }

  async getSegmentData(_swarmId: string, streamId: string, segmentId: number): Promise<ArrayBuffer | undefined> {
    return this.find(streamId, segmentId)
  }

  /** What lies behind the position makes room when there is need, so only what lies ahead counts. */
  getUsage(): { totalCapacity: number, usedCapacity: number } {
    let ahead = 0
    for (const { endTime, data } of this.kept.values()) if (endTime >= this.position) ahead += data.byteLength
    return { totalCapacity: this.maxBytes / MIB, usedCapacity: ahead / MIB }
  }

  hasSegment(_swarmId: string, streamId: string, segmentId: number): boolean {
    return this.kept.has(keyOf(streamId, segmentId))
  }

  getStoredSegmentIds(_swarmId: string, streamId: string): number[] {
    return [...this.kept.values()].filter(kept => kept.streamId === streamId).map(kept => kept.segmentId)
  }

  setSegmentChangeCallback(callback: (streamId: string) => void): void {
    this.onChange = callback
  }

  destroy(): void {
    this.kept.clear()
    this.bytes = 0
  }

  /** Drops what was played longest ago, then what lies farthest ahead. */
  private makeRoom(wanted: number): void {
    if (this.bytes + wanted <= this.maxBytes) return
    const all = [...this.kept.entries()]
    const isPlayed = ([, { endTime }]: [string, Kept]) => endTime < this.position
    const played = all.filter(isPlayed).sort(([, a], [, b]) => a.endTime - b.endTime)
    const ahead = all.filter(entry => !isPlayed(entry)).sort(([, a], [, b]) => b.startTime - a.startTime)
    const changed = new Set<string>()
    for (const [key, { data, streamId }] of [...played, ...ahead]) {
      if (this.bytes + wanted <= this.maxBytes) break
      this.kept.delete(key)
      this.bytes -= data.byteLength
      changed.add(streamId)
    }
    for (const streamId of changed) this.onChange(streamId)
  }
}

function keyOf(streamId: string, segmentId: number): string {
  return `${streamId}|${segmentId}`
}
