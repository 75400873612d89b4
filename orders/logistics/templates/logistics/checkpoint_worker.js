/* Keeps the checkpoint's page and its files on the phone. Page and files of one version are kept together: a page never meets
   files of another one. */
"use strict";

const SETUP = {{ setup|safe }};
const PREFIX = "checkpoint-";
const CACHE = PREFIX + SETUP.version;
const FILES = new Set(SETUP.files);

async function keepPage(cache, response) {
  if (response.ok && !response.redirected && response.headers.get("X-App-Version") === SETUP.version) {
    await cache.put(SETUP.page, response);
    return true;
  }
  return false;
}

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SETUP.files.map((url) => new Request(url, { cache: "reload" })));
  const kept = await keepPage(cache, await fetch(SETUP.page, { credentials: "same-origin", cache: "no-store" }));
  if (!kept) { throw new Error("the page could not be kept"); }
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/* Somebody who may not check here any more loses the page; a page of a newer version waits for its own worker. */
async function renewPage() {
  try {
    const response = await fetch(SETUP.page, { credentials: "same-origin", cache: "no-store" });
    const cache = await caches.open(CACHE);
    if (response.status === 404) {
      await cache.delete(SETUP.page);
    } else if (!(await keepPage(cache, response)) && response.ok && !response.redirected) {
      await self.registration.update();
    }
  } catch {
    /* no network: the kept page does */
  }
}

async function answer(request, url) {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(url.pathname === SETUP.page ? SETUP.page : url.pathname);
  return kept || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) { return; }
  const isPage = event.request.mode === "navigate" && url.pathname === SETUP.page;
  if (!isPage && !FILES.has(url.pathname)) { return; }
  event.respondWith(answer(event.request, url));
  if (isPage) { event.waitUntil(renewPage()); }
});
