// The page to bring files: lists what is given, sends it when asked to, a few at a time, and shows what becomes of it.

import { showZones } from "../page.js";
import { filled } from "./amounts.js";
import { Earlier } from "./earlier.js";
import { gather } from "./gathering.js";
import { follow } from "./results.js";
import { Row } from "./row.js";
import { said } from "./said.js";
import { Sending, fingerprintOf } from "./sending.js";

const AT_ONCE = 3;
const page = document.getElementById("upload");
const form = document.getElementById("send");
const list = document.getElementById("files");
const words = JSON.parse(document.getElementById("words").textContent);
const { person } = page.dataset;
const lines = new Set();

function announce(text) {
  if (text) document.getElementById("announced").textContent = text;
}

function showItem(row, mediaId, isDuplicate) {
  row.become(mediaId, isDuplicate);
  follow(mediaId, row.result);
}

async function showWhatItBecame(row, sending) {
  const answer = await fetch(sending.address).catch(() => null);
  const upload = answer?.ok ? await answer.json() : null;
  showItem(row, sending.mediaId, upload?.duplicate ?? false);
}

function changed(line) {
  const { row, sending } = line;
  const { state, sent, file, problem, goesOn } = sending;
  if (state === "removed") {
    lines.delete(line);
    row.element.remove();
  } else {
    announce(row.show(state, sent, file.size, problem, goesOn));
    if (state === "done") showWhatItBecame(row, sending);
  }
  takeTurns();
}

// What starts changes its state, and with that comes here again for the next one.
function takeTurns() {
  const all = [...lines].map((each) => each.sending);
  const running = all.filter((each) => each.state === "sending" || each.state === "broken").length;
  if (running < AT_ONCE) all.find((each) => each.state === "queued")?.start();
}

function named(file) {
  const isPasted = /^image\.\w+$/.test(file.name) && Date.now() - file.lastModified < 2000;
  if (!isPasted) return file;
  const at = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".");
  const name = `${filled(words.state.pasted, { at })}.${file.name.split(".").pop()}`;
  return new File([file], name, { type: file.type, lastModified: file.lastModified });
}

export function add(files) {
  for (const given of files) {
    const file = named(given);
    const before = earlier.take(fingerprintOf(file, person));
    const line = {};
    line.sending = new Sending(file, person, () => changed(line));
    const { sending } = line;
    line.row = new Row(file.name, words, {
      pause: () => sending.pause(),
      resume: () => sending.resume(),
      retry: () => sending.resume(),
      cancel: () => sending.remove(),
      remove: () => sending.remove(),
    });
    lines.add(line);
    line.row.show("waiting", 0, file.size, null);
    if (before) before.replaceWith(line.row.element);
    else list.append(line.row.element);
    if (before) sending.queue(said(form));
  }
}

function waitsForItsFile(stored, upload) {
  const cancel = () => {
    row.element.remove();
    earlier.giveUp(stored);
  };
  const row = new Row(stored.metadata.filename, words, { cancel });
  row.show("interrupted", upload.offset_bytes, upload.length_bytes, null);
  list.append(row.element);
  return row.element;
}

function hasEnded(stored, upload) {
  const row = new Row(stored.metadata.filename, words, { remove: () => row.element.remove() });
  row.show("done", upload.length_bytes, upload.length_bytes, null);
  list.append(row.element);
  showItem(row, upload.media_id, upload.duplicate);
}

const earlier = new Earlier(person, { shown: waitsForItsFile, ended: hasEnded });

function enhance() {
  showZones();
  for (const each of page.querySelectorAll("[data-many]")) each.hidden = false;
  for (const each of page.querySelectorAll("[data-single]")) each.remove();
  form.prepend(document.getElementById("choose")); // without scripts the fields go ahead, so that a refusal keeps them
  form.elements.file.multiple = true;
  form.elements.file.required = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const waiting = [...lines].filter((each) => each.sending.state === "waiting");
  for (const { sending, row } of waiting) sending.queue(said(form, row.own));
  if (!lines.size) form.elements.file.click();
});

addEventListener("beforeunload", (event) => {
  if ([...lines].some(({ sending }) => ["sending", "broken", "queued"].includes(sending.state))) event.preventDefault();
});

enhance();
gather(form.elements.file, add);
earlier.look();
