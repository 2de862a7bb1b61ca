// The view of GraphWidget: draws, tells the kernel what is selected, and shows what the kernel marks.

const COLUMNS = ["credential", "identity", "tool", "resource"];
const GAP = 14; // pixels around the graph
const TALLEST = 760, SMALLEST = 220; // pixels: the height follows the width, between these
const LEGIBLE = 0.5; // the zoom under which names cannot be read

function dark() {
  const page = document.body;
  if (page.dataset.jpThemeLight) return page.dataset.jpThemeLight === "false";
  return page.classList.contains("vscode-dark") || page.classList.contains("vscode-high-contrast");
}

function make(tag, className, parent, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text !== undefined) node.textContent = text; // never HTML: names are the user's
  parent.appendChild(node);
  return node;
}

function legend(model, list) {
  list.replaceChildren();
  const ink = dark() ? "#f2f2f2" : "#1a1a1a";
  for (const [kind, colour, words] of model.get("_legend")) {
    if (kind === "fill" && !model.get("filled").length) continue;
    if (kind === "within" && !model.get("within").length) continue;
    const item = make("li", "", list);
    const sample = make("span", `simkit-${kind}`, item);
    sample.style[kind === "fill" ? "background" : "borderColor"] = colour || ink;
    item.appendChild(document.createTextNode(words));
  }
}

function render({ model, el }) {
  const root = make("div", "simkit-graph", el);
  const bar = make("div", "simkit-bar", root);
  const heading = make("strong", "", bar);
  const buttons = make("span", "simkit-buttons", bar);
  const canvas = make("div", "simkit-canvas", root);
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-label", "graph: arrow keys select a box, Escape none; plus and minus zoom, 0 shows all");
  const status = make("div", "simkit-status", root);
  status.setAttribute("aria-live", "polite");
  const key = make("ul", "simkit-legend", root);

  const cy = cytoscape({
    container: canvas,
    elements: structuredClone(model.get("_elements")),
    style: model.get("_styles")[dark() ? "dark" : "light"],
    layout: { name: "preset" },
    minZoom: 0.1,
    maxZoom: 4,
    autoungrabify: true,
    boxSelectionEnabled: false,
    userZoomingEnabled: false, // the wheel scrolls the notebook; with Ctrl or Cmd it zooms
  });
  cytoscape.routed(cy);
  el.simkit = cy; // for tests and for who looks into the page
  const boxes = () => cy.nodes('[kind != "boundary"]');

  // --- size: as wide as the cell, as tall as the graph then needs; a zoom of one's own is kept
  let fitted = true;
  function fit(whole) {
    fitted = true;
    const box = cy.elements().boundingBox();
    const width = canvas.clientWidth;
    if (!width) return; // hidden, in another tab
    const wide = (width - 2 * GAP) / box.w;
    const height = Math.round(Math.min(TALLEST, Math.max(SMALLEST, wide * box.h + 2 * GAP)));
    canvas.style.height = `${height}px`;
    cy.resize();
    cy.fit(cy.elements(), GAP);
    if (whole || cy.zoom() >= LEGIBLE || wide < 1.05 * cy.zoom()) return;
    // too tall to be read as a whole: as wide as it goes, around where the attack starts
    const level = Math.min(wide, 1);
    const start = cy.nodes(".attack, .reached")[0];
    const middle = height / 2 - (start ? start.position("y") : box.y1) * level;
    const y = Math.min(GAP - box.y1 * level, Math.max(height - GAP - box.y2 * level, middle));
    cy.viewport({ zoom: level, pan: { x: width / 2 - ((box.x1 + box.x2) / 2) * level, y } });
  }
  function zoom(factor) {
    fitted = false;
    cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
  }
  for (const [sign, title, act] of [
    ["+", "zoom in", () => zoom(1.25)],
    ["−", "zoom out", () => zoom(0.8)],
    ["fit", "show all", () => fit(true)],
  ]) {
    const button = make("button", "", buttons, sign);
    button.type = "button";
    button.title = title;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", act);
  }
  const resized = new ResizeObserver(() => (fitted ? fit() : cy.resize()));
  resized.observe(el);
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 1.1 : 1 / 1.1);
    },
    { passive: false },
  );

  // a notebook scrolls in a box that the library does not know: before each click it looks where it is
  canvas.addEventListener("pointerdown", () => cy.resize(), { capture: true });

  // --- selection: by click or key, told to the kernel, and taken from it
  function choose(id) {
    model.set("selected", id);
    model.save_changes();
    show();
  }
  cy.on("tap", (event) => {
    canvas.focus({ preventScroll: true });
    const node = event.target !== cy && event.target.isNode() && event.target.data("kind") !== "boundary";
    choose(node ? event.target.id() : "");
  });

  function nearest(from, dx, dy) {
    // the next box up or down its column; or, in the next column, a neighbour if there is one, else the box beside it
    const { x, y } = from.position();
    const column = COLUMNS.indexOf(from.data("kind"));
    const there = (node) => (dx ? COLUMNS.indexOf(node.data("kind")) - column === dx : node.position("x") === x);
    const ahead = (node) => (dy ? (node.position("y") - y) * dy > 0 : true);
    const near = boxes().filter((node) => node !== from && there(node) && ahead(node));
    const linked = dx ? near.intersection(from.neighborhood()) : near;
    const among = linked.nonempty() ? linked : near;
    return among.sort((a, b) => Math.abs(a.position("y") - y) - Math.abs(b.position("y") - y))[0];
  }
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const now = cy.getElementById(model.get("selected"));
    if (event.key in moves) {
      const first = boxes().sort((a, b) => a.position("x") - b.position("x") || a.position("y") - b.position("y"))[0];
      const next = now.nonempty() ? nearest(now, ...moves[event.key]) : first;
      if (next) choose(next.id());
    } else if (event.key === "Escape") choose("");
    else if (event.key === "+" || event.key === "=") zoom(1.25);
    else if (event.key === "-") zoom(0.8);
    else if (event.key === "0") fit(true);
    else return;
    event.preventDefault();
    event.stopPropagation(); // or the notebook would move to another cell
  });

  // --- what the kernel says
  function show() {
    legend(model, key);
    const id = model.get("selected");
    const chosen = cy.getElementById(id);
    const path = new Set(model.get("steps").flat());
    cy.batch(() => {
      cy.elements().removeClass("reached within path dim").unselect();
      for (const name of model.get("filled")) cy.getElementById(name).addClass("reached");
      for (const name of model.get("within")) cy.getElementById(name).addClass("within");
      const lit = cy.elements().filter((part) => path.has(part.id()));
      lit.addClass("path");
      if (chosen.nonempty()) chosen.select();
      const kept = chosen.nonempty() ? chosen.closedNeighborhood().union(lit) : lit;
      if (kept.nonempty()) cy.edges().union(boxes()).difference(kept).addClass("dim");
    });
    if (chosen.nonempty()) {
      const seen = cy.extent(), { x, y } = chosen.position();
      if (x < seen.x1 || x > seen.x2 || y < seen.y1 || y > seen.y2) cy.center(chosen);
    }
    heading.textContent = model.get("heading");
    status.textContent = chosen.nonempty()
      ? `${chosen.data("label")} · ${model.get("told")[id] || ""}`
      : "Click a box, or press an arrow key, to see what it is and what it is linked to. Drag to move.";
  }
  const told = ["selected", "steps", "filled", "within", "told", "heading"].map((trait) => `change:${trait}`).join(" ");
  model.on(told, show);

  const themed = new MutationObserver(() => {
    cy.style(model.get("_styles")[dark() ? "dark" : "light"]);
    show();
  });
  themed.observe(document.body, { attributes: true, attributeFilter: ["class", "data-jp-theme-light"] });

  show();
  fit();
  return () => {
    resized.disconnect();
    themed.disconnect();
    model.off(told, show);
    cy.destroy();
  };
}

export default { render };
