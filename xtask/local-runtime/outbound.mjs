// What the site's requests go through: a network that main.mjs opens as far as it may be.

export default {
  fetch: (request, { NETWORK }) => NETWORK.fetch(request),
};
