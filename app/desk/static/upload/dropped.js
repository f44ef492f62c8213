// Files dropped on another page of the desk: the upload page takes this one's place, in which they stay readable.

import { whenDropped } from "./gathering.js";

const PAGE = "/desk/upload";
let arrived = null;

async function openUpload() {
  const answer = await fetch(PAGE);
  if (!answer.ok) return location.assign(PAGE);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const sheet of page.querySelectorAll('head link[rel="stylesheet"]')) {
    if (!document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)) document.head.append(sheet);
  }
  document.body.replaceWith(page.body);
  document.title = page.title;
  history.pushState(null, "", PAGE);
  addEventListener("popstate", () => location.reload());
  return import("./main.js");
}

whenDropped(async (files) => {
  if (arrived || !files.length) return;
  arrived = openUpload();
  (await arrived)?.add(files);
});
