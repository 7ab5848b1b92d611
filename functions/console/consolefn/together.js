// Several agents at one ticket: who is writing, an answer that comes while another is
// being written, and how long each has worked on it. What that costs stands in
// together.go.
"use strict";
{
  const composer = document.getElementById("composer");
  const zh = document.documentElement.lang === "zh-CN";
  const areas = composer ? [...composer.querySelectorAll("textarea")] : [];
  const data = (more) => new URLSearchParams({ csrf: composer.querySelector("[name=csrf]").value, ...more });

  let told = 0;
  for (const area of areas) {
    area.addEventListener("input", () => {
      if (area.value.trim() === "" || Date.now() - told < 10e3) return;
      told = Date.now();
      fetch(composer.dataset.url + "/writing", { method: "POST", body: data({}) }).catch(() => {});
    });
  }

  // The server asks before it sends all the same; this says so as soon as it is seen.
  document.addEventListener("settled", () => {
    const row = document.querySelector(".timeline .fresh[data-others]");
    if (!row || !areas.some((a) => a.value.trim() !== "")) return;
    let bar = composer.querySelector(".meanwhile");
    if (!bar) {
      bar = document.createElement("p");
      bar.className = "warning small meanwhile";
      bar.setAttribute("role", "alert");
      composer.prepend(bar);
    }
    bar.textContent = row.dataset.others + (zh ? " 刚刚回复了客户，发送前请先看一下。" : " has just answered the customer: have a look before you send.");
  });

  // What a colleague changes is seen in the choices beside the timeline, too, but for what
  // the agent has chosen and not saved yet, or is at.
  document.addEventListener("settled", () => {
    const head = document.querySelector(".head");
    for (const name of head ? ["assignee", "priority", "status"] : []) {
      const select = document.getElementById(name);
      if (!select || !stood(select).selected || select.form.contains(document.activeElement)) continue;
      const now = [...select.options].find((o) => o.value === head.dataset[name]);
      if (now) now.selected = true;
      settled(select);
    }
  });

  // Time counts while the page can be seen and somebody was at it within the last minute.
  let at = Date.now();
  let spent = 0;
  let n = 0;
  for (const what of ["keydown", "pointerdown", "pointermove", "scroll"]) addEventListener(what, () => (at = Date.now()), { passive: true });

  function report() {
    if (spent < 1) return;
    const nonce = composer.querySelector("[name=nonce]").value;
    if (navigator.sendBeacon(composer.dataset.url + "/spent", data({ seconds: spent, nonce, n: (n += 1) }))) spent = 0;
  }

  if (composer) {
    const clock = document.getElementById("timer");
    let shown = 0;
    setInterval(() => {
      if (document.hidden || Date.now() - at > 60e3) return;
      spent += 1;
      shown += 1;
      if (clock) clock.textContent = `${Math.floor(shown / 60)}:${String(shown % 60).padStart(2, "0")}`;
      if (spent >= 600) report();
    }, 1e3);
    addEventListener("pagehide", report);
    document.addEventListener("visibilitychange", () => document.hidden && report());
  }
}
