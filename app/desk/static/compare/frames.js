// When each frame of a clip is shown: read from the container by the server, in seconds of its own time.

const GUESSED_RATE = 25;

export class Frames {
  constructor(table, isExact = true) {
    const [numerator, denominator] = table.time_base;
    this.tickS = numerator / denominator;
    this.zeroS = table.origin * this.tickS;
    this.count = table.count;
    this.isExact = isExact;
    this.starts = new Float64Array(table.count + 1);
    for (let number = 0, at = table.first; number < table.count; number++) {
      this.starts[number] = at;
      at += table.step ?? table.steps[number] ?? 0;
    }
    this.starts[table.count] = table.end;
  }

  startS(number) { return this.starts[number] * this.tickS; }
  middleS(number) { return ((this.starts[number] + this.starts[number + 1]) / 2) * this.tickS; }
  clamped(number) { return Math.max(0, Math.min(this.count - 1, number)); }

  // The frame that is on show at a time.
  at(seconds) {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.startS(middle) <= seconds) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  // The frame that begins at about a time: players round to microseconds.
  beginningAt(seconds) {
    const number = this.at(seconds);
    const next = this.clamped(number + 1);
    return Math.abs(this.startS(next) - seconds) < Math.abs(seconds - this.startS(number)) ? next : number;
  }
}

// The frames of a file; where nothing says when they are shown, steps of a usual length.
export async function readFrames(address, durationS) {
  const answer = await fetch(address);
  if (answer.ok) return new Frames(await answer.json());
  const count = Math.max(1, Math.floor(durationS * GUESSED_RATE));
  return new Frames({ time_base: [1, GUESSED_RATE], origin: 0, first: 0, count, step: 1, end: count }, false);
}
