// Two sides locked to the aligned times. One leads: the upload, or the known item where the upload is a still.

const JUMP_MS = 150;
const STEER_MS = 15;
const STEERED_MOST = 0.1;
export const ROUNDED_MS = 0.5; // a frame begins by so much later than the whole millisecond that is told of it

export class Locked {
  constructor(sides, alignment, changed) {
    this.sides = sides;
    this.alignment = alignment;
    this.changed = changed;
    this.leading = sides.query.count > 1 || sides.known.count === 1 ? "query" : "known";
    this.following = this.leading === "query" ? "known" : "query";
    this.segment = 0;
    this.shift = 0;
    this.rate = 1;
    this.isLooping = false;
    this.isPlaying = false;
    this.wishes = 0;
    this.leader.element.addEventListener("ended", () => this.pause());
  }

  get leader() { return this.sides[this.leading]; }
  get follower() { return this.sides[this.following]; }
  get isBusy() { return this.wishes > 0; }
  get span() { return this.alignment.segments[this.segment]?.[this.leading] ?? [0, 0]; }
  get atMs() { return this.isPlaying ? this.playedMs : this.leader.middleMs(this.leader.wanted ?? 0); }
  // The last frame that lies in the segment to more than a half.
  get lastFrame() {
    const frame = this.leader.frameAt(this.span[1]);
    return this.leader.middleMs(frame) > this.span[1] ? Math.max(0, frame - 1) : frame;
  }
  get isOutside() {
    const [first, last] = this.span;
    return this.atMs < first || this.atMs > last;
  }

  followedMs(ms) { return this.alignment.across(this.segment, this.leading, ms); }
  followedFrame(ms) { return this.follower.frameAt(this.followedMs(ms)) + this.shift; }

  async showFrame(number) {
    const { leader, follower } = this;
    this.wishes += 1;
    this.changed();
    const wanted = Math.max(0, Math.min(leader.count - 1, number));
    try {
      await Promise.all([leader.show(wanted), follower.show(this.followedFrame(leader.middleMs(wanted)))]);
    } finally {
      this.wishes -= 1;
      this.changed();
    }
  }

  showAt(ms) {
    this.pause();
    return this.showFrame(this.leader.frameAt(ms));
  }

  step(frames) {
    this.pause();
    return this.showFrame((this.leader.wanted ?? 0) + frames);
  }

  stepMs(ms) { return this.showAt(this.atMs + ms); }

  // Goes to the beginning of a segment; of a still's, to the moment that proves it.
  goTo(number) {
    this.segment = Math.max(0, Math.min(this.alignment.segments.length - 1, number));
    this.shift = 0;
    const provenMs = this.follower.count === 1 ? this.alignment.provenMs(this.segment, this.leading) : null;
    return provenMs === null ? this.toStart() : this.showAt(provenMs + ROUNDED_MS);
  }

  // To the first frame that lies in the segment to more than a half.
  toStart() {
    this.pause();
    const [startMs, endMs] = this.span;
    const frame = this.leader.frameAt(startMs);
    const isBefore = startMs < endMs && this.leader.middleMs(frame) < startMs;
    return this.showFrame(isBefore ? frame + 1 : frame);
  }

  // Goes to a time of either side, and to the segment that holds it if one does.
  goToTime(side, ms) {
    const found = this.alignment.at(side, ms);
    if (found !== null && found !== this.segment) {
      this.segment = found;
      this.shift = 0;
    }
    return this.showAt(side === this.leading ? ms : this.alignment.across(this.segment, side, ms));
  }

  shiftBy(frames) {
    this.shift += frames;
    return this.step(0);
  }

  async play() {
    if (this.leader.count === 1) return;
    if (this.leader.wanted === this.lastFrame) await this.toStart();
    this.playedMs = this.atMs;
    this.isPlaying = true;
    this.stops = [this.leader.eachFrame((ms) => this.follow(ms))];
    const playing = [this.leader.play(this.rate)];
    if (this.playsAlong) {
      this.stops.push(this.follower.eachFrame(() => {}));
      playing.push(this.follower.play(this.followerRate));
    }
    try {
      await Promise.all(playing);
    } catch (error) {
      // Paused before it had begun.
      if (error.name !== "AbortError") throw error;
    }
    this.changed();
  }

  // Players go forwards only; a held frame stays.
  get playsAlong() { return this.alignment.speed(this.segment) > 0; }
  get followerRate() {
    const speed = this.alignment.speed(this.segment);
    return this.rate * (this.leading === "query" ? speed : 1 / speed);
  }

  // While both play: keep the follower where it belongs, and stay in the segment.
  follow(ms) {
    const wasInside = this.leader.frameAt(this.playedMs) < this.lastFrame;
    this.playedMs = ms;
    if (wasInside && this.leader.shown >= this.lastFrame) return this.atEnd();
    if (this.playsAlong) this.steer(ms);
    else this.follower.show(this.followedFrame(ms));
    this.changed();
  }

  steer(ms) {
    const { follower } = this;
    const shiftMs = this.shift * (follower.middleMs(1) - follower.middleMs(0) || 0);
    const aheadMs = follower.nowMs - this.followedMs(this.leader.nowMs) - shiftMs;
    if (Math.abs(aheadMs) > JUMP_MS) follower.jump(follower.nowMs - aheadMs);
    const share = Math.abs(aheadMs) > STEER_MS ? Math.max(-STEERED_MOST, Math.min(STEERED_MOST, aheadMs / 500)) : 0;
    follower.setRate(this.followerRate * (1 - share));
  }

  async atEnd() {
    this.pause();
    if (!this.isLooping) return;
    await this.toStart();
    await this.play();
  }

  pause() {
    if (!this.isPlaying) return;
    const frame = this.leader.shown ?? this.leader.frameAt(this.playedMs);
    this.isPlaying = false;
    for (const stop of this.stops) stop();
    for (const side of Object.values(this.sides)) side.pause();
    this.showFrame(frame);
  }
}
