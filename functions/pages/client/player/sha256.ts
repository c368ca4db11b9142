// SHA-256 (FIPS 180-4) for pages that the browser does not trust with WebCrypto: plain http on a
// name that is not localhost, as in a workshop or a test network. Everywhere else `digestHex` uses
// `crypto.subtle`.

const PRIMES = firstPrimes(64)
const K = PRIMES.map(prime => fractionBits(Math.cbrt(prime)))
const INITIAL = PRIMES.slice(0, 8).map(prime => fractionBits(Math.sqrt(prime)))

/** Lower-case hexadecimal SHA-256 of `data`. */
export async function digestHex(data: ArrayBuffer): Promise<string> {
  const digest = globalThis.crypto?.subtle
    ? new Uint8Array(await crypto.subtle.digest('SHA-256', data))
    : sha256(new Uint8Array(data))
  return Array.from(digest, byte => byte.toString(16).padStart(2, '0')).join('')
}

export function sha256(data: Uint8Array): Uint8Array {
  const state = Uint32Array.from(INITIAL)
  const words = new Uint32Array(64)
  const whole = data.length - data.length % 64
  for (let at = 0; at < whole; at += 64) compress(state, words, data, at)

  // The last block or two: the rest, one set bit, zeros, and the length in bits.
  const rest = data.subarray(whole)
  const tail = new Uint8Array(rest.length < 56 ? 64 : 128)
  tail.set(rest)
  tail[rest.length] = 0x80
  const view = new DataView(tail.buffer)
  view.setUint32(tail.length - 8, Math.floor(data.length / 0x20000000))
  view.setUint32(tail.length - 4, (data.length * 8) >>> 0)
  for (let at = 0; at < tail.length; at += 64) compress(state, words, tail, at)

  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, at) => digest.setUint32(at * 4, word))
  return new Uint8Array(digest.buffer)
}

function compress(state: Uint32Array, w: Uint32Array, data: Uint8Array, from: number): void {
  const view = new DataView(data.buffer, data.byteOffset + from, 64)
  for (let t = 0; t < 16; t++) w[t] = view.getUint32(t * 4)
  for (let t = 16; t < 64; t++) {
    const [x, y] = [w[t - 15]!, w[t - 2]!]
    w[t] = w[t - 16]! + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[t - 7]! + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))
  }
  let [a, b, c, d, e, f, g, h] = state as unknown as [number, number, number, number, number, number, number, number]
  for (let t = 0; t < 64; t++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[t]! + w[t]!) | 0
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
  }
  ;[a, b, c, d, e, f, g, h].forEach((word, at) => { state[at]! += word })
}

function turn(x: number, bits: number): number {
  return (x >>> bits) | (x << (32 - bits))
}

/** The first 32 bits of a number's fraction; doubles carry 44 of these roots'. */
function fractionBits(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x100000000) >>> 0
}

function firstPrimes(count: number): number[] {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every(prime => n % prime !== 0)) primes.push(n)
  return primes
}
