// Exact frames: a seek aims at the middle of a frame and says which frame is then shown.

const PATIENCE_MS = 250;

// Seeks `video` to `atS` and gives the presentation time of the frame that is shown.
export function seek(video, atS) {
  return new Promise((resolve) => {
    let shownS = null;
    let isSeeked = false;
    const done = () => {
      video.cancelVideoFrameCallback?.(waiting);
      resolve(shownS ?? video.currentTime);
    };
    const waiting = video.requestVideoFrameCallback?.((_now, frame) => {
      shownS = frame.mediaTime;
      if (isSeeked) done();
    });
    video.addEventListener("seeked", () => {
      isSeeked = true;
      if (shownS !== null || waiting === undefined) done();
      else setTimeout(done, PATIENCE_MS);
    }, { once: true });
    video.currentTime = Math.max(0, Math.min(atS, (video.duration || atS) - 0.001));
  });
}

// When the first frame is shown, and how long it is: from its start to that of the next.
export async function firstFrame(video) {
  const startS = await seek(video, 0.001);
  for (let aheadS = 0.008; aheadS < 0.5; aheadS += 0.006) {
    const nextS = await seek(video, startS + aheadS);
    if (nextS > startS + 0.0005) return { startS, lengthS: nextS - startS };
  }
  return { startS, lengthS: 0.04 };
}

// Shows the frame whose time holds `atS`: what lies between two frames belongs to the earlier one.
export async function show(video, atS, { startS, lengthS }) {
  const number = Math.max(0, Math.floor((atS - startS) / lengthS + 0.02));
  return seek(video, startS + (number + 0.5) * lengthS);
}
