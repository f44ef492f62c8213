// The page of an item: results as they arrive, and jumps into the clip from strip and stills.

import { follow } from "./live.js";

const player = () => document.getElementById("player");

function seek(atMs) {
  const media = player();
  if (media) media.currentTime = atMs / 1000;
}

document.addEventListener("click", (event) => {
  const still = event.target.closest("[data-seek]");
  if (still) seek(Number(still.dataset.seek));
  const block = event.target.closest(".strip [data-start]");
  if (block) seek(Number(block.dataset.start));
});

function showPlace() {
  const media = player();
  const cursor = document.querySelector(".strip .cursor");
  if (!cursor || !media) return;
  const lengthS = Number(media.dataset.duration) / 1000 || media.duration;
  const x = String(Math.min(1000, (1000 * media.currentTime) / lengthS) || 0);
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  cursor.removeAttribute("hidden");
}

// Captured, as what a player says does not bubble, and one that is shown unblurred comes later.
for (const type of ["timeupdate", "seeked"]) {
  document.addEventListener(type, (event) => { if (event.target === player()) showPlace(); }, true);
}

const mine = document.getElementById("live").dataset.media;
// All of it: what asks while the item is read is gone with the first refresh that finds it settled.
follow(
  "#live",
  ({ data }) => data.media_id === mine || data.known_id === mine,
  () => htmx.ajax("GET", `/desk/media/${mine}`, { target: "#item", select: "#item", swap: "outerMorph" }),
);
