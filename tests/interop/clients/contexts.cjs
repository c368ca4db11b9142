// Preloaded into PeerTube: answers the JSON-LD contexts that it names from an npm package, since
// tests have no network. `EDGETUBE_CONTEXTS` is the path of `@fedify/vocab-runtime`.
'use strict';

const Module = require('node:module');

const LOADER = 'documentLoaders/node';
const { preloadedContexts } = require(process.env.EDGETUBE_CONTEXTS);

const load = Module._load;
Module._load = function loadOrReplace(request, ...rest) {
  const exported = load.call(this, request, ...rest);
  return request.endsWith(LOADER) ? () => answer : exported;
};

async function answer(url) {
  const document = preloadedContexts[url];
  if (!document) throw new Error(`not among the preloaded contexts: ${url}`);
  return { contextUrl: null, documentUrl: url, document };
}
