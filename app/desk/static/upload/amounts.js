// Amounts in words, and how fast one grows.

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];
const OVER_MS = 4000;

export function size(bytes) {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  return `${amount.toFixed(amount < 10 && unit > 1 ? 1 : 0)} ${UNITS[unit]}`;
}

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "…";
  const whole = Math.max(1, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export class Speed {
  #seen = [];

  // Bytes a second over the last seconds; none until there are two moments to compare.
  after(bytes) {
    const now = performance.now();
    this.#seen.push([now, bytes]);
    while (this.#seen.length > 2 && now - this.#seen[0][0] > OVER_MS) this.#seen.shift();
    const [then, before] = this.#seen[0];
    return bytes > before && now > then ? ((bytes - before) * 1000) / (now - then) : 0;
  }

  forget() {
    this.#seen = [];
  }
}
