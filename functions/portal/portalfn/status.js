// Looks for news while the page is seen: every second until the message is filed, then
// every 5 s, slower the longer nothing happens (a look is two reads of the table).
"use strict";
const talk = document.getElementById("talk");
const address = new URL(location.href);
address.searchParams.set("part", "1");
address.searchParams.set("lang", document.documentElement.lang);
let tag = "";
let quiet = 0;
let timer = 0;

function next() {
  clearTimeout(timer);
  if (document.hidden) return;
  const filing = talk.querySelector("[data-filing]") !== null;
  const wait = filing && quiet < 60 ? 1000 : Math.min(5000 * Math.pow(1.1, quiet), 60000);
  timer = setTimeout(look, wait);
}

async function look() {
  try {
    const answer = await fetch(address, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    quiet += 1;
    if (answer.status === 200) {
      const text = await answer.text();
      if (tag !== "" || text.trim() !== talk.innerHTML.trim()) {
        quiet = 0;
        talk.innerHTML = text;
      }
      tag = answer.headers.get("ETag") || "";
    }
  } catch {
    quiet += 5;
  }
  next();
}

document.addEventListener("visibilitychange", () => {
  quiet = Math.min(quiet, 5);
  next();
});
next();
