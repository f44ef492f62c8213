// The upload laid on the known item: wiped, blinking, or as their difference.

const BLINK_MS = 500;

export class Overlay {
  constructor(canvas, query, known) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.query = query;
    this.known = known;
    this.mode = "wipe";
    this.wipe = 0.5;
    this.isQueryShown = true;
    canvas.width = Math.min(1280, known.width || 640);
    canvas.height = Math.round((canvas.width * (known.height || 360)) / (known.width || 640));
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
    this.draw(this.place);
  }

  // `place` is the evidence nearest to what is shown: how the upload lies on the known item.
  draw(place) {
    this.place = place;
    const { context, canvas } = this;
    context.resetTransform();
    context.globalCompositeOperation = "source-over";
    context.drawImage(this.known.element, 0, 0, canvas.width, canvas.height);
    if (this.mode === "blink" && !this.isQueryShown) return;
    context.save();
    if (this.mode === "wipe") this.clip(0, this.wipe * canvas.width);
    if (this.mode === "difference") context.globalCompositeOperation = "difference";
    this.lay(place);
    context.restore();
    if (this.mode === "wipe") this.line(this.wipe * canvas.width);
    if (this.mode === "difference") this.brighten();
  }

  clip(left, right) {
    this.context.beginPath();
    this.context.rect(left, 0, right - left, this.canvas.height);
    this.context.clip();
  }

  lay(place) {
    const { context, canvas, query } = this;
    const [a, b, c, d, e, f] = place?.placement ?? [1, 0, 0, 0, 1, 0];
    const { width, height } = query;
    context.transform(
      (a * canvas.width) / width, (d * canvas.height) / width,
      (b * canvas.width) / height, (e * canvas.height) / height,
      c * canvas.width, f * canvas.height,
    );
    if (place?.mirrored) {
      context.translate(width, 0);
      context.scale(-1, 1);
    }
    context.drawImage(query.element, 0, 0, width, height);
  }

  line(x) {
    this.context.fillStyle = "#ffd400";
    this.context.fillRect(x - 1, 0, 2, this.canvas.height);
  }

  brighten() {
    // Small differences are what one looks for.
    this.context.resetTransform();
    this.context.globalCompositeOperation = "color-dodge";
    this.context.fillStyle = "#999";
    this.context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.globalCompositeOperation = "source-over";
  }
}
