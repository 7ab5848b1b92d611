// Looks for new messages and puts them in, without touching what somebody is typing.
"use strict";
const threads = document.getElementById("threads");
const toEnd = (box) => { box.scrollTop = box.scrollHeight; };
threads.querySelectorAll(".messages").forEach(toEnd);

function merge(fresh) {
  const incoming = [...fresh.children];
  if (!incoming.some((el) => el.id)) return;
  threads.querySelectorAll(":scope > :not([id])").forEach((el) => el.remove());
  for (const el of incoming) {
    const old = document.getElementById(el.id);
    if (!old) {
      threads.prepend(el);
      toEnd(el.querySelector(".messages"));
      continue;
    }
    const was = old.querySelector(".messages");
    const now = el.querySelector(".messages");
    if (was.innerHTML === now.innerHTML) continue;
    was.replaceChildren(...now.childNodes);
    toEnd(was);
    for (const field of el.querySelectorAll(".answer input[type=hidden]")) {
      const mine = old.querySelector(`.answer input[name="${field.name}"]`);
      if (mine) mine.value = field.value;
    }
  }
}

async function look() {
  if (!document.hidden) {
    try {
      const url = "/outbox" + (location.pathname === "/outbox" ? location.search : "");
      const answer = await fetch(url, { headers: { Accept: "text/html" } });
      if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        merge(page.getElementById("threads"));
      }
    } catch {
      // The desk is being restarted; the next look finds it.
    }
  }
  setTimeout(look, 2000);
}
setTimeout(look, 2000);
