/* Keeps the driver's page and what it needs on the phone. The list of files and the version come from the server. */
"use strict";
const SETUP = {{ setup|safe }};
const CACHE = "drive-" + SETUP.version;
const PATIENCE_MS = 5000;

function isPage(request) {
  return request.method === "GET" && new URL(request.url).pathname === SETUP.page;
}

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(SETUP.files.map((url) => new Request(url, { cache: "reload" })));
    const page = await fetch(SETUP.page, { credentials: "same-origin", redirect: "manual" });
    if (!page.ok) { throw new Error("nobody is logged in"); }
    await cache.put(SETUP.page, page);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("drive-") && name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

/* The network first; the kept page when it fails, is slow, or the server is in trouble. */
async function page(request) {
  const cache = await caches.open(CACHE);
  const fresh = fetch(request).then(async (response) => {
    if (response.ok && !response.redirected) { await cache.put(SETUP.page, response.clone()); }
    if (response.type === "opaqueredirect" || response.status === 404) { await cache.delete(SETUP.page); }
    return response;
  });
  const kept = await cache.match(SETUP.page, { ignoreVary: true });
  if (!kept) { return fresh; }
  const late = new Promise((resolve) => { setTimeout(() => resolve(kept), PATIENCE_MS); });
  try {
    const first = await Promise.race([fresh, late]);
    return first.status >= 500 ? kept : first;
  } catch (error) {
    return kept;
  }
}

async function file(request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(request, { ignoreVary: true })) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  if (isPage(event.request)) {
    event.respondWith(page(event.request));
  } else if (event.request.method === "GET" && SETUP.files.includes(new URL(event.request.url).pathname)) {
    event.respondWith(file(event.request));
  }
});
