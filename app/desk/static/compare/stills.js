// The kept pictures that the match was proven on, in both stages: where a clip cannot be played or may not be seen.

import { filled } from "./readout.js";

export class Stills {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.pairs = [...root.ownerDocument.querySelectorAll("[data-pair]")];
    this.number = 0;
  }

  show(number) {
    if (!this.pairs.length) return;
    this.number = Math.max(0, Math.min(this.pairs.length - 1, number));
    const pair = this.pairs[this.number];
    for (const name of ["query", "known"]) {
      const shown = this.root.querySelector(`[data-side="${name}"] img.drawn`);
      shown.src = pair.querySelector(`[data-picture="${name}"]`).getAttribute("href");
      this.root.querySelector(`[data-readout="${name}"]`).textContent = pair.dataset[name];
    }
    for (const each of this.pairs) each.toggleAttribute("data-now", each === pair);
    const { query, known } = pair.dataset;
    const text = filled(this.words.pair, { number: this.number + 1, count: this.pairs.length, query, known });
    this.root.querySelector("[data-live]").textContent = text;
  }
}
