// Which time of the known item belongs to which time of the upload, and how one picture lies on the other there.

export class Alignment {
  constructor({ segments, evidence }) {
    this.segments = segments;
    this.evidence = evidence;
  }

  // Known milliseconds that play in one of the upload; negative where the upload plays backwards, 0 where it holds a frame.
  speed(number) {
    const { query, known, speed, reversed } = this.segments[number];
    if (known[0] === known[1]) return 0;
    const [own, other] = [query[1] - query[0], known[1] - known[0]];
    // The ends follow from the measured line of time; `speed` is the same, rounded.
    const measured = own > 0 && other > 0 ? other / own : speed;
    return reversed ? -measured : measured;
  }

  // The time on the other side of `from` for a time on it, along one segment and on beyond its ends.
  across(number, from, ms) {
    const { query, known, reversed } = this.segments[number];
    if (query[0] === query[1] || known[0] === known[1]) return (from === "query" ? known : query)[0];
    const speed = this.speed(number);
    const knownAtStart = reversed ? known[1] : known[0];
    if (from === "query") return knownAtStart + (ms - query[0]) * speed;
    return query[0] + (ms - knownAtStart) / speed;
  }

  // The segment that holds a time of a side, else null.
  at(side, ms) {
    const found = this.segments.findIndex((each) => each[side][0] <= ms && ms <= each[side][1]);
    return found < 0 ? null : found;
  }

  // When, on a side, the first pair of pictures was kept of a segment; null if none was.
  provenMs(number, side) {
    const [first, last] = this.segments[number]?.[side] ?? [0, 0];
    const times = this.evidence.map((each) => each[`${side}_ms`]);
    return times.find((ms) => first <= ms && ms <= last) ?? null;
  }

  // The measured pair nearest to a time of a side, of those that lie in the same segment if there are any.
  placedAt(number, side, ms) {
    const placed = this.evidence.filter((each) => each.placement);
    const [first, last] = this.segments[number]?.[side] ?? [0, 0];
    const inside = placed.filter((each) => first <= each[`${side}_ms`] && each[`${side}_ms`] <= last);
    const distance = (each) => Math.abs(each[`${side}_ms`] - ms);
    return (inside.length ? inside : placed).reduce((best, each) => (!best || distance(each) < distance(best) ? each : best), null);
  }
}
