// What becomes of the items: asked for all of them at once, until each is settled.

const EVERY_MS = 1500;
const SIGNED_OUT_MS = 5000; // until one signed in again in another tab
const MOST = 50;
const places = new Map();
let timer = null;

export function follow(mediaId, place) {
  places.set(mediaId, [...(places.get(mediaId) ?? []), place]);
  timer ??= setTimeout(look, 0);
}

async function look() {
  const query = new URLSearchParams([...places.keys()].slice(0, MOST).map((each) => ["item", each]));
  let pauseMs = EVERY_MS;
  try {
    const answer = await fetch(`/desk/upload/results?${query}`);
    if (answer.ok) show(await answer.text());
    else if (answer.status === 401) pauseMs = SIGNED_OUT_MS;
    else if (answer.status < 500) {
      timer = null; // asked again with the next file
      return;
    }
  } catch {
    // no connection: asked again
  }
  timer = places.size ? setTimeout(look, pauseMs) : null;
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const found of page.querySelectorAll("[data-item]")) {
    const id = found.dataset.item;
    for (const place of places.get(id) ?? []) {
      if (place.innerHTML !== found.outerHTML) place.innerHTML = found.outerHTML;
    }
    if ("settled" in found.dataset) places.delete(id);
    else places.set(id, take(id)); // asked after those that have waited longer
  }
}

function take(id) {
  const own = places.get(id) ?? [];
  places.delete(id);
  return own;
}
