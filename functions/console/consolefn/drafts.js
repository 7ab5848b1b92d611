// What an agent writes on a ticket is kept in this browser until it is sent, for seven
// days at most, and not beyond signing out: it holds what customers told. Other forms
// are not kept, so leaving them half filled in is asked about.
"use strict";
{
  const life = 7 * 24 * 3600e3;
  const composer = document.getElementById("composer");
  const zh = document.documentElement.lang === "zh-CN";
  const say = (a, b) => (zh ? a : b);
  const names = () => kept.names().filter((k) => k.startsWith("draft:"));

  function read(name) {
    try {
      const d = JSON.parse(kept.get(name));
      return d && Date.now() - d.at < life ? d : null;
    } catch {
      return null;
    }
  }

  for (const name of names()) if (!read(name)) kept.drop(name);

  const nameOf = (area) => `draft:${composer.dataset.agent}:${composer.dataset.ticket}:${area.id}`;

  // keep stores the text as it is written. Where the browser can't (its store is full, or
  // barred), the page's leaving is asked about instead.
  let over = false; // signing out
  function keep(area) {
    if (over) return;
    const name = nameOf(area);
    let done = true;
    if (area.value.trim() === "" || area.value === area.defaultValue) kept.drop(name);
    else done = kept.set(name, JSON.stringify({ text: area.value, at: Date.now() }));
    if (done) area.dataset.kept = "1";
    else delete area.dataset.kept;
  }

  // short shows a time as the page does, in the desk's zone: the hour of today, else the day.
  function short(t) {
    const write = new Intl.DateTimeFormat("en-US", { timeZone: composer.dataset.zone, day: "numeric", month: zh ? "numeric" : "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const [at, now] = [t, Date.now()].map((x) => Object.fromEntries(write.formatToParts(x).map((p) => [p.type, p.value])));
    const hour = `${at.hour}:${at.minute}`;
    if (at.day === now.day && at.month === now.month) return hour;
    return zh ? `${at.month}月${at.day}日 ${hour}` : `${at.day} ${at.month} ${hour}`;
  }

  function restore(area) {
    const d = read(nameOf(area));
    if (!d) return;
    // An answer taken back stands there already: neither text is lost.
    area.value = d.text.includes(area.value) ? d.text : `${area.value}\n\n${d.text}`;
    area.dataset.kept = "1";
    document.getElementById("mode-" + area.id).checked = true;
    const bar = document.createElement("p");
    bar.className = "small soft draft";
    bar.setAttribute("role", "status");
    const at = short(d.at);
    bar.textContent = say(`已恢复 ${at} 的草稿 `, `Your draft of ${at} is back `);
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "link";
    drop.textContent = say("丢弃", "Discard");
    drop.addEventListener("click", () => {
      area.value = "";
      keep(area);
      bar.remove();
      area.focus();
    });
    bar.append(drop);
    area.before(bar);
  }

  // The address names what was just sent, and with that its draft is done with. A link may
  // name a message, too: only what this tab has sent counts, and only where it arrives.
  const asked = document.querySelector("form[data-draft]"); // whether it is still meant
  const sending = ofTab.get("sending");
  if (!asked) ofTab.drop("sending");

  function sent(areas) {
    const row = location.hash && document.getElementById(location.hash.slice(1));
    const area = row && areas.find((a) => row.dataset.sent === a.id && sending === nameOf(a));
    if (!area) return;
    kept.drop(nameOf(area));
    history.replaceState(null, "", location.pathname + location.search);
  }

  const areas = composer ? [...composer.querySelectorAll("textarea")] : [];
  const keepAll = () => areas.forEach((a) => a.form.dataset.sent || keep(a));
  if (composer) {
    sent(areas);
    for (const area of areas) {
      restore(area);
      let timer = 0;
      area.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(keep, 300, area);
      });
      area.addEventListener("blur", () => keep(area));
    }
    addEventListener("pagehide", keepAll);
  }

  // Lists tell where a draft lies.
  function mark() {
    const with_ = new Set(names().map((n) => n.split(":")[2]));
    for (const row of document.querySelectorAll("tr[data-id]")) {
      if (!with_.has(row.dataset.id) || row.querySelector(".has-draft")) continue;
      const note = document.createElement("span");
      note.className = "badge has-draft";
      note.textContent = say("草稿", "Draft");
      row.querySelector(".state").append(" ", note);
    }
  }
  mark();
  document.addEventListener("settled", mark);

  document.addEventListener("submit", (event) => {
    const area = areas.find((a) => a.form === event.target);
    if (area && !event.defaultPrevented) ofTab.set("sending", nameOf(area));
    if (!event.target.action.endsWith("/console/logout")) return;
    over = true;
    names().forEach(kept.drop);
  });

  // Text typed or files chosen, and neither sent nor kept.
  function unsaved() {
    for (const form of document.forms) {
      if (form.dataset.sent) return false; // it is on its way
    }
    return [...document.querySelectorAll("form[method=post] :is(textarea, input)")].some(
      (e) => !e.dataset.kept && !["hidden", "checkbox", "radio", "password"].includes(e.type) && e.value !== e.defaultValue,
    );
  }

  addEventListener("beforeunload", (event) => {
    keepAll();
    if (unsaved()) event.preventDefault();
  });
}
