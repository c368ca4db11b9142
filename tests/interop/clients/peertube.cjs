// Preloaded into PeerTube. It changes how PeerTube reaches the network, not what it says.
'use strict';

const http = require('node:http');
const Module = require('node:module');

// Node 20 keeps a connection for as long as PeerTube's own server does, 5 s, and so writes into
// one that was just closed; PeerTube never tries a delivery twice.
http.globalAgent = new http.Agent({ keepAlive: false });

// The JSON-LD contexts that PeerTube names, from an npm package, since tests have no network:
// `EDGETUBE_CONTEXTS` is the path of `@fedify/vocab-runtime`, if it is installed.
const LOADER = 'documentLoaders/node';
if (process.env.EDGETUBE_CONTEXTS) {
  const { preloadedContexts } = require(process.env.EDGETUBE_CONTEXTS);
  const answer = async url => {
    const document = preloadedContexts[url];
    if (!document) throw new Error(`not among the preloaded contexts: ${url}`);
    return { contextUrl: null, documentUrl: url, document };
  };
  const load = Module._load;
  Module._load = function loadOrReplace(request, ...rest) {
    const exported = load.call(this, request, ...rest);
    return request.endsWith(LOADER) ? () => answer : exported;
  };
}
