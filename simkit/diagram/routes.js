
// Lines that run through no name: out of the sides of boxes, around those of the same column, and through the gaps of
// the columns that they cross. Works on where the boxes stand now; hidden boxes are in nobody's way.
(function (library) {
  "use strict";
  const HALF = 85; // pixels from the middle of a box to its side
  const TALL = 22, ROOM = TALL / 2 + 3, BEYOND = 17, BULGE = 26;
  const BESIDE = [0, 2, -2]; // pixels by which lines in the same gap stand apart

  // The height nearest to `wanted` at which none of `boxes`, from the top, stands.
  function free(boxes, wanted) {
    if (boxes.every((y) => Math.abs(y - wanted) >= ROOM)) return wanted;
    const gaps = boxes.slice(1).map((y, at) => (y + boxes[at]) / 2);
    const all = [...gaps, boxes[0] - BEYOND, boxes[boxes.length - 1] + BEYOND];
    return all.reduce((best, y) => (Math.abs(y - wanted) < Math.abs(best - wanted) ? y : best));
  }

  // Where `points` stand beside the line from `a` to `b`: as shares of its length, and as pixels to its side.
  function beside(a, b, points) {
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const long = Math.hypot(dx, dy);
    return {
      weights: points.map((p) => ((p.x - a.x) * dx + (p.y - a.y) * dy) / (long * long)),
      distances: points.map((p) => (-(p.x - a.x) * dy + (p.y - a.y) * dx) / long),
    };
  }

  library.routed = function (cy) {
    const columns = new Map();
    cy.nodes().filter((node) => !node.isParent() && node.style("display") !== "none").forEach((node) => {
      const { x, y } = node.position();
      columns.set(x, [...(columns.get(x) || []), y]);
    });
    columns.forEach((boxes) => boxes.sort((one, other) => one - other));
    const taken = new Map();
    cy.batch(() => cy.edges().forEach((edge) => {
      const [s, t] = [edge.source().position(), edge.target().position()];
      const side = s.x === t.x ? (/contains|backup/.test(edge.data("relation")) ? 1 : -1) : Math.sign(t.x - s.x);
      const other = s.x === t.x ? side : -side;
      const ends = { "source-endpoint": `${side * HALF}px 0px`, "target-endpoint": `${other * HALF}px 0px` };
      const [a, b] = [{ x: s.x + side * HALF, y: s.y }, { x: t.x + other * HALF, y: t.y }];
      const points = [];
      if (s.x === t.x) {
        points.push({ x: a.x + side * BULGE, y: (a.y + b.y) / 2 });
      } else {
        const between = [...columns.keys()].filter((x) => (x - s.x) * (x - t.x) < 0).sort((one, two) => (one - two) * side);
        let y = s.y;
        between.forEach((x, at) => {
          const straight = y + (t.y - y) / (between.length - at + 1);
          y = free(columns.get(x), straight);
          const track = `${x} ${y}`;
          taken.set(track, (taken.get(track) ?? -1) + 1);
          const apart = y === straight ? 0 : BESIDE[taken.get(track) % BESIDE.length];
          for (const end of [-1, 1]) points.push({ x: x + end * side * (HALF + 4), y: y + apart });
        });
      }
      if (!points.length) return edge.style({ "curve-style": "bezier", ...ends });
      const { weights, distances } = beside(a, b, points);
      const shape = s.x === t.x
        ? { "curve-style": "unbundled-bezier", "control-point-weights": weights, "control-point-distances": distances }
        : { "curve-style": "round-segments", "segment-weights": weights, "segment-distances": distances, "segment-radii": 12 };
      return edge.style({ ...shape, ...ends, "edge-distances": "endpoints" });
    }));
  };
})(typeof module === "object" && module.exports ? module.exports : globalThis.cytoscape);
