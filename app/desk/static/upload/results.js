// What becomes of the items: asked for all of them at once, until each is settled.

const EVERY_MS = 1500;
const MOST = 50;
const places = new Map();
let timer = null;

export function follow(mediaId, place) {
  places.set(mediaId, [...(places.get(mediaId) ?? []), place]);
  timer ??= setTimeout(look, 0);
}

async function look() {
  const query = new URLSearchParams([...places.keys()].slice(0, MOST).map((each) => ["item", each]));
  try {
    const answer = await fetch(`/desk/upload/results?${query}`);
    if (answer.ok) show(await answer.text());
    else if (answer.status < 500) return; // signed out: the next visit shows it
  } catch {
    // no connection: asked again
  }
  timer = places.size ? setTimeout(look, EVERY_MS) : null;
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
