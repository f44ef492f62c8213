// Says where both sides are: times, frame numbers, places on the strips, and what both show outlined.

const SVG = "http://www.w3.org/2000/svg";

export const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

export function clock(ms) {
  const whole = Math.max(0, Math.round(ms));
  const [hours, minutes] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60];
  const seconds = ((whole % 60_000) / 1000).toFixed(3).padStart(6, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

export class Readout {
  constructor(root, locked, words) {
    this.root = root;
    this.locked = locked;
    this.words = words;
    this.isOutlined = true;
  }

  find(selector) { return this.root.querySelector(selector); }

  paint() {
    const { locked } = this;
    const texts = ["query", "known"].map((name) => this.paintSide(name));
    this.find("[data-outside]").hidden = !locked.isOutside;
    this.outline();
    if (locked.isPlaying || locked.isBusy) return;
    // Told once the pictures stand: a running clock would talk over everything.
    const text = filled(this.words.announced, { query: texts[0], known: texts[1] });
    const live = this.find("[data-live]");
    if (live.textContent !== text) live.textContent = text;
  }

  paintSide(name) {
    const side = this.locked.sides[name];
    if (side.count === 1) return this.told(name, this.words.still);
    const frame = side.shown ?? side.wanted;
    const ms = this.locked.isPlaying && name === this.locked.leading ? this.locked.atMs : side.startMs(frame);
    const words = side.isExact ? this.words.frame : this.words.about;
    const text = filled(words, { at: clock(ms), number: frame, count: side.count });
    this.find(`[data-side="${name}"]`).dataset.frame = String(frame);
    this.moveCursor(name, ms);
    return this.told(name, text);
  }

  told(name, text) {
    this.find(`[data-readout="${name}"]`).textContent = text;
    return text;
  }

  moveCursor(name, ms) {
    const strip = this.root.querySelector(`[data-strip="${name}"]`);
    const cursor = strip.querySelector(".cursor");
    const lengthMs = Number(strip.dataset.duration);
    if (!cursor || !lengthMs) return;
    const x = String(Math.max(0, Math.min(1000, (1000 * ms) / lengthMs)));
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.removeAttribute("hidden");
  }

  get place() {
    const { locked } = this;
    return locked.alignment.placedAt(locked.segment, locked.leading, locked.atMs);
  }

  outline() {
    const outlines = this.isOutlined ? this.place?.outlines : null;
    for (const name of ["query", "known"]) {
      const drawing = this.find(`[data-side="${name}"] svg.outline`);
      const [, , width, height] = drawing.getAttribute("viewBox").split(" ").map(Number);
      const points = (outlines?.[name] ?? []).map(([x, y]) => `${x * width},${y * height}`).join(" ");
      if (drawing.dataset.points === points) continue;
      drawing.dataset.points = points;
      drawing.replaceChildren(...(points ? ["under", "over"].map((kind) => polygon(kind, points)) : []));
    }
  }
}

function polygon(kind, points) {
  const made = document.createElementNS(SVG, "polygon");
  made.setAttribute("class", kind);
  made.setAttribute("points", points);
  return made;
}
