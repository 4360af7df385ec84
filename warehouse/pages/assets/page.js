"use strict";
// The page works without this script; with it tables sort and filter, rows open passages, and marks and rows answer each
// other. All text reaches the page as text, never as markup.
(() => {
  const $ = (css, root = document) => [...root.querySelectorAll(css)];
  const make = (tag, options = {}, ...children) => {
    const node = Object.assign(document.createElement(tag), options);
    node.append(...children);
    return node;
  };

  // Tables
  const SHOWN = 12;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();

  function setUpTable(table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const limit = Number(table.dataset.limit || SHOWN);
    const heads = [...table.tHead.rows[0].cells];
    let all = rows.length <= limit + 3;
    let words = [];

    const status = make("span", { className: "tally" });
    status.setAttribute("role", "status");
    const more = make("button", { type: "button", className: "plain" });
    const around = table.closest(".around");

    function show() {
      let matches = 0;
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        const fits = words.every((word) => text.includes(word));
        matches += fits;
        row.hidden = !fits || (!all && !words.length && matches > limit);
      }
      status.textContent = words.length ? `${matches} of ${rows.length} rows` : "";
      more.hidden = all || words.length > 0;
    }

    function sort(column) {
      const head = heads[column];
      const isNumber = head.classList.contains("n");
      const current = head.getAttribute("aria-sort");
      const direction = current ? (current === "ascending" ? "descending" : "ascending") : isNumber ? "descending" : "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", direction);
      const sign = direction === "ascending" ? 1 : -1;
      const compare = isNumber
        ? (a, b) => (Number(a) || 0) - (Number(b) || 0)
        : (a, b) => collator.compare(a, b);
      const keyed = [...body.rows].map((row) => [valueOf(row, column), row]);
      keyed.sort((a, b) => sign * compare(a[0], b[0]));
      body.append(...keyed.map(([, row]) => row));
      show();
    }

    heads.forEach((head, column) => {
      if (head.dataset.sort === "no") return;
      const button = make("button", { type: "button" }, ...head.childNodes);
      button.addEventListener("click", () => sort(column));
      head.append(button);
    });
    if (rows.length > 6) {
      const label = table.caption ? table.caption.textContent.trim() : "rows";
      const input = make("input", { type: "search", placeholder: "Filter rows" });
      input.setAttribute("aria-label", `Filter: ${label}`);
      input.addEventListener("input", () => {
        words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
        show();
      });
      around.before(make("div", { className: "tools" }, input, status));
    }
    more.textContent = `Show all ${rows.length}`;
    more.addEventListener("click", () => {
      all = true;
      show();
    });
    around.after(make("div", { className: "more" }, more));
    show();
  }

  // Views of which one is shown
  function setUpSwitch(group) {
    const choose = (value) => $(`[data-view^="${group.dataset.switch}:"]`).forEach((panel) => {
      panel.hidden = panel.dataset.view !== `${group.dataset.switch}:${value}`;
    });
    group.addEventListener("change", (event) => choose(event.target.value));
    choose($("input:checked", group)[0].value);
  }

  // Passages
  function marked(text, marks) {
    // Offsets count code points, as Python does.
    const letters = [...text];
    const out = [];
    let at = 0;
    for (const [start, end, css] of marks) {
      out.push(letters.slice(at, start).join(""), make("mark", { className: css }, letters.slice(start, end).join("")));
      at = end;
    }
    return [...out, letters.slice(at).join("")];
  }

  function passage(item) {
    const source = make("p", { className: "soft" });
    const title = item.title || "(no headline)";
    source.append(item.url ? make("a", { href: item.url, rel: "noreferrer noopener" }, title) : title);
    source.append(["", item.outlet, item.day].filter((part, place) => part || !place).join(" · "));
    return make("li", {}, make("blockquote", { dir: "auto" }, ...marked(item.text, item.marks)),
      make("p", { className: "soft" }, item.note), source,
      make("p", { className: "soft" }, make("code", {}, `newsmill show ${item.id}`)));
  }

  function setUpPassages(data) {
    const dialog = document.getElementById("detail");
    if (!dialog || !data.details) return;
    const [heading] = $("h2", dialog), [list] = $("ol", dialog), [count] = $(".tally", dialog);
    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-open]");
      if (!opener) return;
      const detail = data.details[opener.dataset.open];
      heading.textContent = detail.heading;
      count.textContent = detail.items.length < detail.total
        ? `The newest ${detail.items.length} of ${detail.total.toLocaleString("en")}` : "";
      list.replaceChildren(...detail.items.map((place) => passage(data.passages[place])));
      dialog.showModal();
      dialog.scrollTop = 0;
    });
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog || event.target.closest(".close")) dialog.close();
    });
  }

  // What is under the pointer
  function setUpTip() {
    const tip = make("div", { id: "tip", hidden: true });
    tip.setAttribute("aria-hidden", "true");
    document.body.append(tip);
    document.addEventListener("pointermove", (event) => {
      const target = event.target.closest && event.target.closest("[data-tip]");
      tip.hidden = !target;
      if (!target) return;
      tip.textContent = target.dataset.tip;
      const box = tip.getBoundingClientRect();
      const left = Math.min(event.clientX + 14, innerWidth - box.width - 8);
      const below = event.clientY + 18;
      tip.style.left = `${Math.max(left, 8)}px`;
      tip.style.top = `${below + box.height > innerHeight ? event.clientY - box.height - 10 : below}px`;
    }, { passive: true });
    document.addEventListener("scroll", () => { tip.hidden = true; }, { passive: true });
  }

  // An article: marks and rows answer each other
  function setUpArticle() {
    const text = document.querySelector(".text");
    if (!text) return;
    $(".keys input").forEach((box) => {
      const apply = () => document.body.classList.toggle(`no-${box.value}`, !box.checked);
      box.addEventListener("change", apply);
      apply();
    });
    const segments = new Map();
    $("[data-a]", text).forEach((node) => node.dataset.a.split(" ").forEach((key) => {
      if (!segments.has(key)) segments.set(key, []);
      segments.get(key).push(node);
    }));
    const rows = new Map();
    $("tr[data-keys]").forEach((row) => row.dataset.keys.split(" ").forEach((key) => rows.set(key, row)));
    let lit = [];
    const light = (nodes) => {
      lit.forEach((node) => node.classList.remove("lit"));
      lit = nodes;
      lit.forEach((node) => node.classList.add("lit"));
    };
    const lightRow = (event) => {
      const row = event.target.closest("tr[data-keys]");
      if (row) light(row.dataset.keys.split(" ").flatMap((key) => segments.get(key) || []));
    };
    for (const side of $(".side")) {
      side.addEventListener("pointerover", lightRow);
      side.addEventListener("focusin", lightRow);
      side.addEventListener("pointerleave", () => light([]));
    }
    const rowsOf = (node) => [...new Set(node.dataset.a.split(" ").map((key) => rows.get(key)).filter(Boolean))];
    text.addEventListener("pointerover", (event) => {
      const node = event.target.closest("[data-a]");
      light(node ? rowsOf(node) : []);
    });
    text.addEventListener("pointerleave", () => light([]));
    text.addEventListener("click", (event) => {
      const node = event.target.closest("[data-a]");
      const row = node && rowsOf(node)[0];
      if (!row || String(getSelection())) return;
      const view = row.closest("[data-view]");
      const choice = view && document.querySelector(`[data-switch] input[value="${view.dataset.view.split(":")[1]}"]`);
      if (choice && view.hidden) choice.click();
      row.hidden = false;
      row.scrollIntoView({ block: "center" });
      light([row]);
    });
  }

  $("table.rows").forEach(setUpTable);
  $("[data-switch]").forEach(setUpSwitch);
  setUpPassages(JSON.parse(document.getElementById("data").textContent));
  setUpTip();
  setUpArticle();
  document.documentElement.dataset.ready = "yes";
})();
