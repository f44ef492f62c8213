// One file's line: its progress, what can be done with it, and why it was refused.

import { showZones } from "../page.js";
import { Speed, duration, filled, size } from "./amounts.js";

const ACTS = {
  waiting: ["remove"],
  queued: ["remove"],
  sending: ["pause", "cancel"],
  broken: ["retry", "pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["retry", "cancel"],
  interrupted: ["cancel"],
  refused: ["remove"],
  done: ["remove"],
};

export class Row {
  // `acts` are functions by the name of their button.
  constructor(name, words, acts) {
    const template = document.getElementById("file").content;
    this.element = template.cloneNode(true).querySelector("li");
    showZones(this.element);
    this._name = name;
    this._words = words;
    this._speed = new Speed();
    this._part("[data-name]").textContent = name;
    this._part("progress").setAttribute("aria-label", name);
    for (const button of this.element.querySelectorAll("[data-act]")) {
      button.setAttribute("aria-label", filled(words.state.act, { act: button.textContent, name }));
      button.addEventListener("click", () => acts[button.dataset.act]());
    }
    this.own.addEventListener("submit", (event) => event.preventDefault());
  }

  get own() { return this._part("[data-own] form"); }
  get result() { return this._part("[data-result]"); }

  _part(selector) { return this.element.querySelector(selector); }

  // Gives what is to be announced, if it is another state.
  show(state, sentBytes, totalBytes, problem, goesOn = false) {
    const isOther = this.element.dataset.state !== state;
    this.element.dataset.state = state;
    if (isOther) this._showActs(state);
    this._part("progress").value = totalBytes ? sentBytes / totalBytes : 0;
    const text = this._text(state, sentBytes, totalBytes);
    this._part("[data-state]").textContent = goesOn && state === "sending" ? `${text} · ${this._words.state.going_on}` : text;
    this._showProblem(problem);
    return isOther ? filled(this._words.state.announced, { name: this._name, state: problem ? this._said(problem) : text }) : null;
  }

  become(mediaId, isDuplicate) {
    const link = this._part("[data-item]");
    link.hidden = false;
    link.querySelector("a").href = `/desk/media/${encodeURIComponent(mediaId)}`;
    this._part("[data-duplicate]").hidden = !isDuplicate;
  }

  _showActs(state) {
    this._speed.forget();
    const shown = ACTS[state];
    const focused = document.activeElement?.dataset?.act && this.element.contains(document.activeElement);
    for (const button of this.element.querySelectorAll("[data-act]")) button.hidden = !shown.includes(button.dataset.act);
    if (focused) this.element.querySelector("[data-act]:not([hidden])")?.focus();
    this._part("[data-own]").hidden = state !== "waiting";
  }

  _text(state, sentBytes, totalBytes) {
    const words = this._words.state;
    if (state === "sending" && sentBytes === totalBytes) return filled(words.finishing, { size: size(totalBytes) });
    const speed = this._speed.after(sentBytes);
    return filled(words[state], {
      size: size(totalBytes),
      sent: size(sentBytes),
      speed: speed ? size(speed) : "…",
      left: speed ? duration((totalBytes - sentBytes) / speed) : "…",
    });
  }

  _said(problem) {
    const { refused } = this._words;
    return filled(refused[problem.name] ?? refused.unknown, { limit: size(problem.maxBytes ?? 0), detail: problem.detail });
  }

  _showProblem(problem) {
    const place = this._part("[data-refusal]");
    place.hidden = !problem;
    place.replaceChildren();
    if (!problem) return;
    for (const text of [this._said(problem), ...problem.points]) {
      const line = document.createElement("p");
      line.textContent = text;
      place.append(line);
    }
    if (problem.name === "unauthenticated") place.append(this._wayToSignIn());
  }

  // In another tab, so that the files stay here.
  _wayToSignIn() {
    const link = document.createElement("a");
    Object.assign(link, { href: "/desk/sign-in?next=/desk/upload", target: "_blank", textContent: this._words.refused.sign_in });
    return link;
  }
}
