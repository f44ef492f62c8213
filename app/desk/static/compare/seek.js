// A seek that ends when the wanted frame is on the screen, not when the player says that it moved.

const PATIENCE_MS = 300;
const SAME_S = 0.001;

// Moves `media` to `middleS`, inside a frame that begins at `startS`; gives when the frame that is then shown begins.
export function seek(media, middleS, startS) {
  return new Promise((resolve) => {
    let isSeeked = false;
    let shownS = null;
    let waiting = null;
    let patience = null;
    const finish = () => {
      clearTimeout(patience);
      if (waiting !== null) media.cancelVideoFrameCallback(waiting);
      resolve(shownS ?? startS);
    };
    const isThere = () => isSeeked && shownS !== null && Math.abs(shownS - startS) < SAME_S;
    const look = (_now, frame) => {
      waiting = null;
      shownS = frame.mediaTime;
      if (isThere()) finish();
      else watch();
    };
    const watch = () => { waiting = media.requestVideoFrameCallback?.(look) ?? null; };
    media.addEventListener("seeked", () => {
      isSeeked = true;
      if (isThere() || waiting === null) finish();
      // A frame that is shown already is not shown again.
      else patience = setTimeout(finish, PATIENCE_MS);
    }, { once: true });
    media.currentTime = middleS;
    watch();
  });
}

// Calls back with the time of each frame that is shown while `media` plays; gives what ends that.
export function eachFrame(media, shown) {
  let isOver = false;
  const next = () => {
    if (isOver) return;
    if (media.requestVideoFrameCallback) media.requestVideoFrameCallback((_now, frame) => tell(frame.mediaTime));
    else requestAnimationFrame(() => tell(media.currentTime));
  };
  const tell = (seconds) => {
    if (isOver) return;
    shown(seconds);
    next();
  };
  next();
  return () => { isOver = true; };
}
