// The compare page: both sides locked to their aligned times, stepped frame by frame, and judged by key.

import { open } from "./sides.js";
import { Overlay } from "./overlay.js";
import { zoomable } from "./zoom.js";

const root = document.getElementById("compare");
const match = JSON.parse(root.dataset.match);
const SVG = "http://www.w3.org/2000/svg";
const state = { segment: 0, atMs: 0, shiftMs: 0, mode: "side", outline: true, mirror: false, isPlaying: false };
let sides = null;
let overlay = null;
let lastWish = 0;

const find = (selector) => root.querySelector(selector);
const segment = () => match.segments[state.segment] ?? { query: [0, 0], known: [0, 0] };

function clock(ms) {
  const tenths = Math.round(ms / 10) / 100;
  return `${Math.floor(tenths / 60)}:${(tenths % 60).toFixed(2).padStart(5, "0")}`;
}

// The known item's time for a time of the upload.
function knownMs(queryMs) {
  const { query, known, reversed } = segment();
  const share = query[1] > query[0] ? (queryMs - query[0]) / (query[1] - query[0]) : 0;
  const along = (reversed ? 1 - share : share) * (known[1] - known[0]);
  return Math.max(0, known[0] + along + state.shiftMs);
}

function speed() {
  const { query, known } = segment();
  return query[1] > query[0] ? (known[1] - known[0]) / (query[1] - query[0]) : 1;
}

function place() {
  const placed = match.evidence.filter((each) => each.placement);
  const distance = (each) => Math.abs(each.queryMs - state.atMs);
  return placed.sort((one, other) => distance(one) - distance(other))[0];
}

async function showAt(queryMs) {
  const [startMs, endMs] = segment().query;
  state.atMs = Math.max(startMs, Math.min(endMs, queryMs));
  const wish = ++lastWish;
  await sides.query.show(state.atMs);
  if (wish !== lastWish) return;
  await sides.known.show(knownMs(middleMs()));
  if (wish === lastWish) paint();
}

// The middle of the frame that the upload shows: either side's ends would fall between two frames.
const middleMs = () => (sides.query.shownS + (sides.query.first ? sides.query.lengthS / 2 : 0)) * 1000;

async function step(frames) {
  pause();
  await sides.query.step(frames);
  state.atMs = sides.query.shownS * 1000;
  await sides.known.show(knownMs(middleMs()));
  paint();
}

function paint() {
  for (const [name, side] of Object.entries(sides)) {
    const atMs = state.isPlaying ? side.nowMs : side.shownS * 1000;
    find(`[data-clock="${name}"]`).textContent = clock(atMs);
    const frame = find(`[data-frame="${name}"]`);
    frame.textContent = side.first ? `#${Math.round((atMs / 1000 - side.first.startS) / side.lengthS)}` : "";
    moveCursor(name, atMs);
  }
  const { query } = segment();
  const bar = find("[data-place]");
  bar.value = query[1] > query[0] ? String(Math.round((1000 * (state.atMs - query[0])) / (query[1] - query[0]))) : "0";
  bar.setAttribute("aria-valuetext", clock(state.atMs));
  drawRegions();
  if (state.mode !== "side") overlay.draw(place());
}

function moveCursor(name, atMs) {
  const cursor = find(`[data-side="${name}"] .cursor`);
  const lengthMs = match[name].durationMs;
  if (!cursor || !lengthMs) return;
  const x = String(Math.min(1000, (1000 * atMs) / lengthMs));
  cursor.setAttribute("x1", x);
  cursor.setAttribute("x2", x);
  cursor.removeAttribute("hidden");
}

function drawRegions() {
  const at = place();
  for (const [name, region] of [["query", at?.queryRegion], ["known", at?.knownRegion]]) {
    const drawing = find(`[data-stage="${name}"] svg`);
    drawing.replaceChildren();
    if (!state.outline || !region?.length) continue;
    for (const kind of ["region-under", "region"]) {
      const polygon = document.createElementNS(SVG, "polygon");
      const isTurned = name === "query" && isMirrored();
      polygon.setAttribute("points", region.map(([x, y]) => `${isTurned ? 1 - x : x},${y}`).join(" "));
      polygon.setAttribute("class", kind);
      drawing.append(polygon);
    }
  }
}

const isMirrored = () => state.mirror;

function setMirror(isOn) {
  state.mirror = isOn;
  find('[data-stage="query"]').classList.toggle("mirrored", isOn);
  find('[data-act="mirror"]').setAttribute("aria-pressed", String(isOn));
}

function setSegment(number) {
  pause();
  state.segment = Math.max(0, Math.min(match.segments.length - 1, number));
  state.shiftMs = 0;
  setMirror(Boolean(segment().mirrored));
  for (const name of ["query", "known"]) {
    const blocks = root.querySelectorAll(`[data-side="${name}"] .strip .seg`);
    for (const block of blocks) block.classList.toggle("now", block.parentElement.getAttribute("href") === `#segment-${state.segment}`);
  }
  say(`${state.segment + 1} / ${match.segments.length}`);
  return showAt(segment().query[0]);
}

function setMode(mode) {
  state.mode = mode;
  for (const button of root.querySelectorAll("[data-mode]")) button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  find("[data-overlay]").hidden = mode === "side";
  find("[data-wipe]").hidden = mode !== "wipe";
  overlay.setMode(mode);
  paint();
}

function say(text) {
  find("[data-said]").textContent = text;
}

async function play() {
  if (state.isPlaying) return pause();
  state.isPlaying = true;
  find('[data-act="play"]').setAttribute("aria-pressed", "true");
  if (state.atMs >= segment().query[1] - 50) await showAt(segment().query[0]);
  const canPlay = sides.query.first && sides.known.first && !segment().reversed;
  if (canPlay) await Promise.all([sides.query.play(1), sides.known.play(Math.min(16, Math.max(0.0625, speed())))]);
  requestAnimationFrame(canPlay ? follow : walk);
}

function follow() {
  if (!state.isPlaying) return;
  state.atMs = sides.query.nowMs;
  const driftMs = sides.known.nowMs - knownMs(state.atMs);
  if (Math.abs(driftMs) > 60) sides.known.element.currentTime = knownMs(state.atMs) / 1000;
  paint();
  if (state.atMs >= segment().query[1] || sides.query.element.ended) pause();
  else requestAnimationFrame(follow);
}

// What cannot be played together, such as footage that runs backwards, is shown picture by picture.
async function walk() {
  if (!state.isPlaying) return;
  await showAt(state.atMs + Math.max(100, sides.query.lengthS * 1000));
  if (state.atMs >= segment().query[1]) pause();
  else setTimeout(walk, 100);
}

function pause() {
  if (!state.isPlaying) return;
  state.isPlaying = false;
  find('[data-act="play"]').setAttribute("aria-pressed", "false");
  for (const side of Object.values(sides)) side.pause();
  showAt(state.atMs);
}

function nudge(frames) {
  pause();
  state.shiftMs += frames * sides.known.lengthS * 1000;
  say(`${state.shiftMs > 0 ? "+" : ""}${Math.round(state.shiftMs)} ms`);
  return showAt(state.atMs);
}

const ACTS = {
  play,
  back: () => step(-1),
  forward: () => step(1),
  "segment-back": () => setSegment(state.segment - 1),
  "segment-forward": () => setSegment(state.segment + 1),
  "nudge-back": () => nudge(-1),
  "nudge-forward": () => nudge(1),
  "zoom-out": () => zoom.reset(),
  mirror: () => { setMirror(!state.mirror); paint(); },
  outline: () => {
    state.outline = !state.outline;
    find('[data-act="outline"]').setAttribute("aria-pressed", String(state.outline));
    paint();
  },
};
const MODES = ["side", "wipe", "blink", "difference"];
const KEYS = {
  " ": ACTS.play, ArrowLeft: ACTS.back, ArrowRight: ACTS.forward, "[": ACTS["segment-back"], "]": ACTS["segment-forward"],
  ",": ACTS["nudge-back"], ".": ACTS["nudge-forward"], o: ACTS.outline, m: ACTS.mirror,
};

function judge(key) {
  const button = document.querySelector(`[data-key="${key}"]`);
  const link = document.querySelector(`[data-key-link="${key}"]`);
  (button ?? link)?.click();
  return Boolean(button ?? link);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === " " && event.target.closest("button, a, summary")) return;
  const isSecond = event.shiftKey && event.key.startsWith("Arrow");
  if (sides && isSecond) showAt(state.atMs + (event.key === "ArrowLeft" ? -1000 : 1000));
  else if (sides && KEYS[event.key]) KEYS[event.key]();
  else if (sides && MODES[Number(event.key) - 1]) setMode(MODES[Number(event.key) - 1]);
  else if (!judge(event.key)) return;
  event.preventDefault();
});

root.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  const mode = event.target.closest("[data-mode]")?.dataset.mode;
  if (act) ACTS[act]();
  else if (mode) setMode(mode);
});
document.addEventListener("click", (event) => {
  const number = event.target.closest("[data-segment]")?.dataset.segment ?? event.target.closest(".strip a")?.getAttribute("href").split("-")[1];
  if (number === undefined || !sides) return;
  event.preventDefault();
  setSegment(Number(number));
});
root.addEventListener("input", (event) => {
  if (event.target.closest("[data-wipe]")) {
    overlay.wipe = Number(event.target.value) / 1000;
    overlay.draw(place());
  } else if (event.target.matches("[data-place]")) {
    const [startMs, endMs] = segment().query;
    showAt(startMs + (Number(event.target.value) / 1000) * (endMs - startMs));
  }
});

const zoom = zoomable();

async function start() {
  const blurred = root.querySelector('img[src*="blurred=false"]') || location.pathname.endsWith("/clear") ? "?blurred=false" : "";
  const opened = await Promise.all(["query", "known"].map((name) => open(match[name], blurred)));
  sides = { query: opened[0], known: opened[1] };
  for (const [name, side] of Object.entries(sides)) {
    const stage = find(`[data-stage="${name}"]`);
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", "0 0 1 1");
    drawing.setAttribute("preserveAspectRatio", "none");
    stage.append(side.element, drawing);
    stage.style.aspectRatio = `${side.width || 16} / ${side.height || 9}`;
    zoom.watch(stage);
  }
  overlay = new Overlay(find("canvas"), sides.query, sides.known);
  find('[data-stage="overlay"]').style.aspectRatio = `${overlay.canvas.width} / ${overlay.canvas.height}`;
  zoom.watch(find('[data-stage="overlay"]'));
  const isTimed = match.query.durationMs || match.known.durationMs;
  for (const bar of root.querySelectorAll(".controls")) bar.hidden = "needsTime" in bar.dataset && !isTimed;
  await setSegment(0);
  root.dataset.ready = "yes";
}

if (root.dataset.clear === "yes") start();
