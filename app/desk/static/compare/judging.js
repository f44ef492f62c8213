// Judging by one key, taking it back, and going to the match beside this one.

export const JUDGING_KEYS = ["c", "r", "l", "u", "n", "p"];

// Presses what a key stands for; says whether there is such a thing now.
export function judge(key) {
  const target = document.querySelector(`[data-key="${key}"]`);
  target?.click();
  return Boolean(target);
}
