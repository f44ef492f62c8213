// The upload laid on the known item: wiped, blinking, or as their difference.

const BLINK_MS = 500;
const WIDTH_MOST = 1280;

export class Overlay {
  constructor(canvas, query, known) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.query = query;
    this.known = known;
    this.mode = "wipe";
    this.wipe = 0.5;
    this.isQueryShown = true;
    canvas.width = Math.min(WIDTH_MOST, known.width);
    canvas.height = Math.round((canvas.width * known.height) / known.width);
  }

  setMode(mode) {
    this.mode = mode;
    clearInterval(this.blinking);
    if (mode !== "blink") return;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (!still) this.blinking = setInterval(() => this.blink(), BLINK_MS);
  }

  blink() {
    this.isQueryShown = !this.isQueryShown;
    this.draw(this.place, this.isMirrored);
  }

  // `place` is the measured pair nearest to what is shown; without one the whole pictures lie on each other.
  draw(place, isMirrored) {
    this.place = place;
    this.isMirrored = isMirrored;
    const { context, canvas } = this;
    context.resetTransform();
    context.globalCompositeOperation = "source-over";
    context.drawImage(this.known.element, 0, 0, canvas.width, canvas.height);
    if (this.mode === "blink" && !this.isQueryShown) return;
    context.save();
    if (this.mode === "difference") this.clipToShared(place);
    if (this.mode === "wipe") this.clip(0, this.wipe * canvas.width);
    if (this.mode === "difference") context.globalCompositeOperation = "difference";
    this.lay();
    context.restore();
    if (this.mode === "wipe") this.line(this.wipe * canvas.width);
    if (this.mode === "difference") this.brighten();
  }

  clip(left, right) {
    this.context.beginPath();
    this.context.rect(left, 0, right - left, this.canvas.height);
    this.context.clip();
  }

  // What only one of them shows is no difference.
  clipToShared(place) {
    const outline = place?.outlines?.known;
    if (!outline?.length) return;
    const { context, canvas } = this;
    const [width, height] = [canvas.width, canvas.height];
    context.beginPath();
    context.rect(0, 0, width, height);
    outline.forEach(([x, y], number) => context[number ? "lineTo" : "moveTo"](x * width, y * height));
    context.closePath();
    context.fillStyle = "#000";
    context.fill("evenodd");
    context.beginPath();
    outline.forEach(([x, y], number) => context[number ? "lineTo" : "moveTo"](x * width, y * height));
    context.clip();
  }

  lay() {
    const { context, canvas, query } = this;
    const whole = this.isMirrored ? [-1, 0, 1, 0, 1, 0] : [1, 0, 0, 0, 1, 0];
    const [a, b, c, d, e, f] = this.place?.placement ?? whole;
    const [width, height] = [canvas.width, canvas.height];
    context.transform(a * width, d * height, b * width, e * height, c * width, f * height);
    context.drawImage(query.element, 0, 0, 1, 1);
  }

  line(x) {
    this.context.fillStyle = "#ffd400";
    this.context.fillRect(x - 1, 0, 2, this.canvas.height);
  }

  brighten() {
    // Small differences are what one looks for: four times as bright.
    const { context, canvas } = this;
    context.resetTransform();
    context.globalCompositeOperation = "lighter";
    for (let doubled = 0; doubled < 2; doubled++) context.drawImage(canvas, 0, 0);
    context.globalCompositeOperation = "source-over";
  }
}
