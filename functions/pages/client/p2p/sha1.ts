// SHA-1 at once, as names of swarms are needed without waiting. It names, it protects nothing.

const INITIAL = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0] as const
const ROUND_CONSTANTS = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6] as const

/** The hash of a text's UTF-8 bytes: 20 bytes. */
export function sha1(text: string): Uint8Array {
  const words = padded(new TextEncoder().encode(text))
  const hash = new Uint32Array(INITIAL)
  for (let at = 0; at < words.length; at += 16) addBlock(hash, words.subarray(at, at + 16))
  const bytes = new Uint8Array(20)
  const view = new DataView(bytes.buffer)
  hash.forEach((word, index) => view.setUint32(index * 4, word))
  return bytes
}

/** FIPS 180-4, 5.1.1: a one bit, zeroes, and the length in bits. */
function padded(message: Uint8Array): Uint32Array {
  const blocks = Math.ceil((message.length + 9) / 64)
  const bytes = new Uint8Array(blocks * 64)
  bytes.set(message)
  bytes[message.length] = 0x80
  const view = new DataView(bytes.buffer)
  view.setUint32(bytes.length - 4, message.length * 8)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4))
}

function addBlock(hash: Uint32Array, block: Uint32Array): void {
  const w = new Uint32Array(80)
  w.set(block)
  for (let t = 16; t < 80; t += 1) w[t] = rotate(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1)
  let [a, b, c, d, e] = hash as unknown as [number, number, number, number, number]
  for (let t = 0; t < 80; t += 1) {
    const mixed = t < 20 ? (b & c) | (~b & d) : t >= 40 && t < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d
    const next = (rotate(a, 5) + mixed + e + ROUND_CONSTANTS[Math.floor(t / 20)]! + w[t]!) >>> 0;
    [a, b, c, d, e] = [next, a, rotate(b, 30), c, d]
  }
  for (const [index, word] of [a, b, c, d, e].entries()) hash[index]! += word
}

function rotate(word: number, bits: number): number {
  return ((word << bits) | (word >>> (32 - bits))) >>> 0
}
