// How far the site's requests reach. workerd looks at addresses after names are resolved, which the Worker
// cannot do: a public name must not lead strangers' links into the network of this machine.

/**
 * What `workerd` lets through, by the site's variables: `anywhere` for every request, and `store` for those to
 * `storeOrigin` alone, where an admin keeps media in a store of their own, which may stand next to this machine.
 * `storeOrigin` is empty where there is none, or one with a URL that is none, which the site itself complains of.
 */
export function reach(variables) {
  const isOpen = variables.FEDERATION_ALLOW_PRIVATE?.value === "true";
  const isStored = variables.MEDIA_STORE?.value === "s3";
  const endpoint = isStored ? URL.parse(variables.S3_ENDPOINT?.value ?? "") : null;
  return {
    anywhere: isOpen ? ["public", "private"] : ["public"],
    store: ["public", "private"],
    storeOrigin: endpoint?.origin ?? "",
  };
}
