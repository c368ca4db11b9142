// What the site's requests go through: one network for all, and one that leads to the media store alone.
// main.mjs opens each as far as network.mjs says.

export default {
  fetch: (request, { NETWORK, STORE, STORE_ORIGIN }) => {
    const isStored = new URL(request.url).origin === STORE_ORIGIN;
    return (isStored ? STORE : NETWORK).fetch(request);
  },
};
