// The page of one match: opens both sides, locks them, and hears keys, buttons and strips.

import { Alignment } from "./alignment.js";
import { JUDGING_KEYS, judge } from "./judging.js";
import { Locked, ROUNDED_MS } from "./locked.js";
import { Overlay } from "./overlay.js";
import { Readout, filled } from "./readout.js";
import { Clip, Still } from "./sides.js";
import { Stills } from "./stills.js";
import { Zoom } from "./zoom.js";

const root = document.getElementById("compare");
const pair = JSON.parse(document.getElementById("pair").textContent);
const words = JSON.parse(document.getElementById("words").textContent);
const find = (selector) => root.querySelector(selector);
const zoom = new Zoom([...root.querySelectorAll(".stage")]);
const stills = new Stills(root, words);
const MODES = ["side", "wipe", "blink", "difference", "stills"];

let mode = "side";
let isMirrored = false;
let locked = null;
let readout = null;
let overlay = null;

const press = (act, isOn) => find(`[data-act="${act}"]`)?.setAttribute("aria-pressed", String(isOn));
const say = (text) => { find("[data-said]").textContent = text; };

function paint() {
  const isBusy = locked.isBusy;
  root.setAttribute("aria-busy", String(isBusy));
  press("play", locked.isPlaying);
  if (mode === "stills") return;
  readout.paint();
  if (mode !== "side" && (!isBusy || locked.isPlaying)) overlay.draw(readout.place, locked.alignment.segments[locked.segment]?.mirrored);
}

function setMirrored(isOn) {
  isMirrored = isOn;
  find('[data-side="query"] .turn').classList.toggle("mirrored", isOn && mode !== "stills");
  press("mirror", isOn);
}

function setMode(wanted) {
  if (!locked && wanted !== "stills") return;
  if (overlay === null && !["side", "stills"].includes(wanted)) return;
  mode = wanted;
  root.dataset.mode = mode;
  for (const button of root.querySelectorAll("[data-choose]")) button.setAttribute("aria-pressed", String(button.dataset.choose === mode));
  overlay?.setMode(mode);
  setMirrored(isMirrored);
  if (mode === "stills") {
    locked?.pause();
    stills.show(stills.number);
  } else {
    paint();
  }
}

function markSegment() {
  for (const block of root.querySelectorAll(".strip a")) {
    block.querySelector(".seg").classList.toggle("now", block.getAttribute("href") === `#segment-${locked.segment}`);
  }
  for (const row of document.querySelectorAll("[data-segment]")) {
    if (Number(row.dataset.segment) === locked.segment) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  setMirrored(Boolean(locked.alignment.segments[locked.segment]?.mirrored));
}

function goTo(number) {
  const going = locked.goTo(number);
  markSegment();
  say(filled(words.segment, { number: locked.segment + 1, count: locked.alignment.segments.length }));
  return going;
}

function goToTime(side, ms) {
  const going = locked.goToTime(side, ms);
  markSegment();
  return going;
}

function shift(frames) {
  const going = locked.shiftBy(frames);
  say(filled(words.shifted, { frames: (locked.shift > 0 ? "+" : "") + locked.shift }));
  return going;
}

const ACTS = {
  play: () => (locked.isPlaying ? locked.pause() : locked.play()),
  "frame-back": () => (mode === "stills" ? stills.show(stills.number - 1) : locked.step(-1)),
  "frame-on": () => (mode === "stills" ? stills.show(stills.number + 1) : locked.step(1)),
  "second-back": () => locked.stepMs(-1000),
  "second-on": () => locked.stepMs(1000),
  "segment-back": () => goTo(locked.segment - 1),
  "segment-on": () => goTo(locked.segment + 1),
  loop: () => press("loop", (locked.isLooping = !locked.isLooping)),
  "shift-back": () => shift(-1),
  "shift-on": () => shift(1),
  outline: () => {
    readout.isOutlined = !readout.isOutlined;
    press("outline", readout.isOutlined);
    paint();
  },
  mirror: () => setMirrored(!isMirrored),
  other: () => { if (mode === "blink") overlay.blink(); },
  "zoom-in": () => zoom.in(),
  "zoom-out": () => zoom.out(),
  "zoom-whole": () => zoom.reset(),
  "hear-query": () => hear("query"),
  "hear-known": () => hear("known"),
};
const KEYS = {
  " ": "play", ",": "frame-back", ".": "frame-on", ArrowLeft: "second-back", ArrowRight: "second-on",
  "[": "segment-back", "]": "segment-on", o: "loop", "<": "shift-back", ">": "shift-on",
  b: "outline", m: "mirror", x: "other", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out", 0: "zoom-whole",
};

function hear(name) {
  const { element } = locked.sides[name];
  if (!("muted" in element)) return;
  element.muted = !element.muted;
  press(`hear-${name}`, !element.muted);
}

function act(name) {
  const needsClips = !name.startsWith("zoom") && !(mode === "stills" && name.startsWith("frame"));
  if (needsClips && !locked) return false;
  if (needsClips && mode === "stills") setMode("side");
  ACTS[name]();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog")) return;
  if (event.key === " " && event.target.closest("button, summary")) return;
  if (event.key.startsWith("Arrow") && event.target.closest(".scroll")) return; // they move the table
  if (event.shiftKey && zoom.arrow(event.key)) event.preventDefault();
  else if (KEYS[event.key] && !(event.shiftKey && event.key.startsWith("Arrow"))) act(KEYS[event.key]) && event.preventDefault();
  else if (MODES[Number(event.key) - 1]) setMode(MODES[Number(event.key) - 1]);
  else if (JUDGING_KEYS.includes(event.key) && !event.repeat && judge(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act], [data-choose], [data-segment], [data-at]");
  if (button?.dataset.act) act(button.dataset.act);
  else if (button?.dataset.choose) setMode(button.dataset.choose);
  else if (button?.dataset.segment && locked) goTo(Number(button.dataset.segment));
  else if (button?.dataset.at) showPair(button);
  else fromStrip(event);
});

function showPair(button) {
  const number = Number(button.closest("[data-pair]").dataset.pair);
  const proof = pair.evidence[number];
  if (mode === "stills" || !locked) stills.show(number);
  else if (proof) goToTime(locked.leading, proof[`${locked.leading}_ms`] + ROUNDED_MS);
  else goToTime("query", Number(button.dataset.at));
  root.scrollIntoView({ block: "start" });
}

function fromStrip(event) {
  const strip = event.target.closest("[data-strip] svg");
  if (!strip || !locked) return;
  event.preventDefault();
  if (mode === "stills") setMode("side");
  const link = event.target.closest("a");
  if (link && !event.detail) return goTo(Number(link.getAttribute("href").split("-")[1]));
  const { strip: side, duration } = strip.parentElement.closest("[data-strip]").dataset;
  const box = strip.getBoundingClientRect();
  goToTime(side, ((event.clientX - box.left) / box.width) * Number(duration));
}

find("[data-split]")?.addEventListener("input", (event) => wipe(Number(event.target.value) / 1000));
find("[data-rate]")?.addEventListener("change", (event) => {
  locked.rate = Number(event.target.value);
  if (locked.isPlaying) {
    locked.pause();
    locked.play();
  }
});
find(".overlaid .stage")?.addEventListener("pointermove", (event) => {
  if (mode !== "wipe" || zoom.scale > 1 || (event.pointerType === "mouse" && !event.buttons)) return;
  const box = event.currentTarget.getBoundingClientRect();
  wipe(Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)));
});

function wipe(share) {
  overlay.wipe = share;
  find("[data-split]").value = String(Math.round(share * 1000));
  paint();
}

async function open(name) {
  const element = find(`[data-side="${name}"] [data-media]`);
  return pair[name].kind === "still" ? Still.open(element) : Clip.open(element, pair[name]);
}

async function start() {
  const [query, known] = await Promise.all([open("query"), open("known")]);
  locked = new Locked({ query, known }, new Alignment(pair), paint);
  readout = new Readout(root, locked, words);
  if (query.width && known.width) {
    overlay = new Overlay(find("canvas"), query, known);
    for (const button of root.querySelectorAll("[data-choose]")) button.disabled = false;
  }
  for (const bar of root.querySelectorAll("[data-needs-clips]")) bar.hidden = false;
  await goTo(0);
}

function fallBack() {
  locked = null;
  root.setAttribute("aria-busy", "false");
  find("[data-fallback]").hidden = false;
  for (const button of root.querySelectorAll('[data-choose]:not([data-choose="stills"])')) button.disabled = true;
  setMode("stills");
}

if (pair.clear && root.querySelector("[data-media]")) start().catch(fallBack);
else setMode("stills");
