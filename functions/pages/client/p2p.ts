// Playing from other viewers; imported by URL, after the first frame, where it is allowed.
export { Link } from './p2p/link.ts'
