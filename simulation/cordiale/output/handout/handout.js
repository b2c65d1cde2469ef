"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const What = data.what[0].toUpperCase() + data.what.slice(1);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const element = (name, text = "", kind = "") => Object.assign(document.createElement(name), { textContent: text, className: kind });
  const number = (value, places) => value.toFixed(places).replace("-", "−");
  const signed = (value) => {
    const text = number(value, Math.abs(value) >= 0.00995 ? 3 : 4);
    return Number(value.toFixed(4)) > 0 ? "+" + text : text;
  };

  // ---------------------------------------------------------------- which cell is chosen

  const chosen = () => data.shape.map((_, at) => Number(document.querySelector(`[name="lever-${at}"]:checked`).value));
  const cellOf = (levels) => data.cells[levels.reduce((at, level, control) => at * data.shape[control] + level, 0)];
  const base = data.cells[0];
  const series = ({ quantiles, difference, parts }) => ({ quantiles, difference, parts });
  let shown = series(base);
  let moving = 0;

  function show() {
    const cell = cellOf(chosen());
    const now = chosen().join(" ");
    for (const button of all(".presets button")) button.setAttribute("aria-pressed", String(button.dataset.levels === now));
    document.getElementById("words").replaceChildren(...cell.words.map((sentence) => element("p", sentence)));
    const end = cell.end.alignment;
    document.getElementById("now").textContent = cell.changes.length ? `${signed(end.mean)} (${signed(end.low)} to ${signed(end.high)}) of ${data.what}` : "Nothing changed";
    if (document.getElementById("why")) {
      document.getElementById("why-words").textContent = cell.why;
      bars("added", cell.added, true);
      bars("causes", cell.causes, false);
    }
    label(cell);
    travel(series(cell));
  }

  function label(cell) {
    const doing = cell.changes.length ? cell.changes.join("; ") : "Nothing changed";
    document.getElementById("levels").setAttribute("aria-label", `${What} by quarter. ${doing}. ${cell.words[0]}`);
    const end = cell.end.alignment;
    document.getElementById("difference").setAttribute("aria-label",
      `Difference of ${data.what} by quarter, in the end ${signed(end.mean)}, 95 % interval ${signed(end.low)} to ${signed(end.high)}.`);
    for (const svg of all(".part")) {
      const values = cell.parts[svg.dataset.part], without = base.parts[svg.dataset.part];
      svg.setAttribute("aria-label", `${svg.dataset.part}: ${number(values.at(-1), data.digits)} in the end; nothing changed: ${number(without.at(-1), data.digits)}.`);
    }
  }

  // ---------------------------------------------------------------- from one cell to the next

  function between(from, to, share) {
    if (typeof to === "number") return from + share * (to - from);
    if (Array.isArray(to)) return to.map((value, at) => between(from[at], value, share));
    return Object.fromEntries(Object.keys(to).map((name) => [name, between(from[name], to[name], share)]));
  }

  function travel(goal) {
    cancelAnimationFrame(moving);
    if (calm.matches) return draw((shown = goal));
    const from = shown, started = performance.now();
    const step = (time) => {
      const share = Math.min(1, Math.max(0, (time - started) / 450));
      shown = share < 1 ? between(from, goal, share * share * (3 - 2 * share)) : goal;
      draw(shown);
      if (share < 1) moving = requestAnimationFrame(step);
    };
    moving = requestAnimationFrame(step);
  }

  // ---------------------------------------------------------------- charts

  function chart(svg, [low, high], height, margin, unit) {
    const width = Math.max(260, Math.round(svg.parentElement.clientWidth));
    const narrow = width < 560;
    const right = narrow ? margin.narrow : margin.right, left = 62, top = 30, bottom = 34;
    const room = (high - low || 0.01) * 0.06;
    const [least, most] = [low - room, high + room];
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.classList.toggle("narrow", narrow);
    svg.replaceChildren();
    const x = (at) => left + (width - left - right) * at / Math.max(1, data.quarters.length - 1);
    const y = (value) => top + (height - top - bottom) * (most - value) / (most - least);
    const add = (name, attributes, text) => {
      const made = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      return svg.appendChild(made);
    };
    const points = (values, back) => values.map((value, at) => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`)[back ? "reverse" : "slice"]().join("L");
    const found = {
      x, y, add, width, height,
      line: (values, kind) => add("path", { class: kind, d: "M" + points(values) }),
      band: (one, other, kind) => add("path", { class: kind, d: `M${points(one)}L${points(other, true)}Z` }),
    };
    add("text", { x: 0, y: 16 }, unit);
    ticks(found, least, most, narrow ? 4 : 5, left, width - right);
    years(found, height - bottom, width < 330 ? 3 : narrow || width < 700 ? 2 : 1);
    return found;
  }

  function ticks(into, least, most, count, left, right) {
    const rough = (most - least) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
    const places = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    for (let at = Math.ceil(least / step); at * step <= most; at++) {
      const height = into.y(at * step);
      into.add("line", { class: "grid", x1: left, x2: right, y1: height, y2: height });
      into.add("text", { x: left - 8, y: height + 6, "text-anchor": "end" }, number(at * step + 0, places).replace(/^−(0\.?0*)$/, "$1"));
    }
  }

  function years(into, foot, every) {
    let seen = 0;
    into.add("line", { class: "axis", x1: into.x(0), x2: into.x(data.quarters.length - 1), y1: foot, y2: foot });
    data.quarters.forEach((quarter, at) => {
      if (!quarter.endsWith("Q1")) return;
      into.add("line", { class: "axis", x1: into.x(at), x2: into.x(at), y1: foot, y2: foot + 6 });
      if (seen++ % every === 0) into.add("text", { x: into.x(at), y: foot + 26, "text-anchor": "middle" }, quarter.slice(0, 4));
    });
    if (every === 1) into.add("text", { x: into.x(data.quarters.length - 1) + 10, y: foot + 26 }, "year");
  }

  // The value at the end of each line; two that are near are pushed apart.
  function ends(into, labels, gap) {
    const placed = labels.map((each) => ({ ...each, at: into.y(each.value) })).sort((one, other) => one.at - other.at);
    for (let at = 1; at < placed.length; at++) {
      const lack = gap - (placed[at].at - placed[at - 1].at);
      if (lack > 0) { placed[at - 1].at -= lack / 2; placed[at].at += lack / 2; }
    }
    const x = into.x(data.quarters.length - 1) + 10;
    for (const each of placed) into.add("text", { x, y: each.at + 6, class: each.kind }, each.text);
  }

  function draw(now) {
    const moved = chosen().some(Boolean);
    drawLevels(now, moved);
    drawDifference(now);
    for (const svg of all(".part")) {
      const name = svg.dataset.part;
      const into = chart(svg, data.limits.parts[name], 200, { right: 62, narrow: 62 }, "");
      into.line(base.parts[name], "base");
      into.line(now.parts[name], "own");
      ends(into, [{ value: now.parts[name].at(-1), text: number(now.parts[name].at(-1), data.digits), kind: "strong" }], 18);
    }
  }

  function drawLevels(now, moved) {
    const into = chart(document.getElementById("levels"), data.limits.quantiles, 350, { right: 190, narrow: 62 }, What);
    const own = now.quantiles, without = base.quantiles, wide = into.width >= 560;
    into.band(without["0.05"], without["0.95"], "basemost");
    into.band(own["0.25"], own["0.75"], "half");
    for (const edge of ["0.05", "0.95"]) into.line(own[edge], "most");
    into.line(without["0.5"], "base");
    into.line(own["0.5"], "own");
    const labels = [{ value: own["0.5"].at(-1), text: number(own["0.5"].at(-1), data.digits) + (wide ? " your choice" : ""), kind: "strong" }];
    if (moved) labels.push({ value: without["0.5"].at(-1), text: number(without["0.5"].at(-1), data.digits) + (wide ? " unchanged" : ""), kind: "" });
    ends(into, labels, 22);
  }

  function drawDifference(now) {
    const { mean, low, high } = now.difference, [least, most] = data.limits.difference;
    const into = chart(document.getElementById("difference"), [Math.min(least, 0), Math.max(most, 0)], 250, { right: 190, narrow: 76 }, `Difference of ${data.what}`);
    into.band(low, high, "half");
    into.line(mean.map(() => 0), "base");
    into.line(mean, "own");
    ends(into, [{ value: mean.at(-1), text: signed(mean.at(-1)) + (into.width >= 560 ? " mean" : ""), kind: "strong" }], 22);
  }

  function bars(id, rows, keep) {
    const list = document.getElementById(id), reach = data.limits.added;
    if (!keep || list.children.length !== rows.length) list.replaceChildren(...rows.map(blank));
    if (!rows.length) list.replaceChildren(element("li", "Nothing differs."));
    rows.forEach((row, at) => {
      const item = list.children[at], [fill, whisker] = item.querySelector(".track").children;
      const place = (value) => 50 + 50 * value / reach;
      const set = (bar, from, to) => { bar.style.left = `${Math.min(from, to)}%`; bar.style.width = `${Math.abs(to - from)}%`; };
      item.querySelector(".name").textContent = row.label;
      const clear = row.low > 0 || row.high < 0;
      item.querySelector("b").textContent = signed(row.mean);
      item.querySelector("small").textContent = `${signed(row.low)} to ${signed(row.high)}${clear ? "" : ": not clear"}`;
      fill.className = clear ? (row.mean < 0 ? "down" : "up") : "unsure";
      set(fill, 50, place(row.mean));
      set(whisker, place(row.low), place(row.high));
      fill.hidden = row.mean === 0;
    });
  }

  function blank() {
    const item = element("li"), line = element("div", "", "line"), track = element("div", "", "track");
    track.setAttribute("aria-hidden", "true");
    track.append(element("i"), element("u"));
    const value = element("div", "", "value");
    value.append(element("b"), element("small"));
    line.append(track, value);
    item.append(element("div", "", "name"), line);
    return item;
  }

  // ---------------------------------------------------------------- questions

  function answer(box) {
    const question = data.questions[Number(box.dataset.question)];
    const guess = all("fieldset", box).map((group) => group.querySelector(":checked"));
    const into = box.querySelector(".answer");
    if (guess.includes(null)) {
      into.replaceChildren(element("p", guess.length > 1 ? "Guess first: choose one in each list." : "Guess first: choose one.", "verdict"));
      return;
    }
    const values = guess.map((each) => Number(each.value)).join();
    const hit = question.right.some((each) => each.join() === values);
    into.replaceChildren(element("p", hit ? "The worlds agree with your guess." : "The worlds say otherwise.", "verdict"),
      ...question.answer.map((sentence) => element("p", sentence)));
    const next = box.nextElementSibling;
    if (next) next.hidden = false;
    if (question.picture) into.append(document.getElementById("results").content.cloneNode(true));
  }

  // ---------------------------------------------------------------- begin

  for (const section of all("[data-live]")) section.hidden = false;
  for (const input of all(".controls input")) input.addEventListener("change", show);
  for (const button of all(".presets button")) {
    button.addEventListener("click", () => {
      button.dataset.levels.split(" ").forEach((level, at) => { document.querySelector(`[name="lever-${at}"][value="${level}"]`).checked = true; });
      show();
    });
  }
  for (const box of all(".question")) box.querySelector(".reveal").addEventListener("click", () => answer(box));
  window.addEventListener("resize", () => draw(shown));
  window.addEventListener("beforeprint", () => draw(shown));
  show();
})();
