// What few viewers need, and no chart: files of a panel, and the dashboard on paper. The loader brings
// it when it is asked for first.
//
// A panel is saved as what it is on the screen: its boxes, paths and words are read from the page and
// written again, as SVG or on a canvas. Nothing is parsed as markup, no image is loaded, and nothing
// outside is referred to, so no policy of the page is in the way.

const fail = (code, retryable) => Object.assign(new Error(code), { code, retryable });

// Colours come in any notation; other programs know the old ones alone.
const pixel = () => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  return canvas.getContext('2d', { willReadFrequently: true });
};

function colours() {
  const known = new Map();
  const context = pixel();
  return (text) => {
    if (!known.has(text)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = text;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
      known.set(text, { text: `rgb(${r},${g},${b})`, alpha: a / 255 });
    }
    return known.get(text);
  };
}

const SKIPPED = '.toggle, .unseen, .cursor, .hair, [popover], [hidden]';
const SHAPES = ['path', 'line', 'rect', 'circle', 'ellipse', 'polyline', 'polygon'];
const ROUND = (value) => Math.round(value * 100) / 100;

// The outline of an element of SVG, in its own units.
function outline(shape) {
  const name = shape.localName;
  if (name === 'path') return shape.getAttribute('d') ?? '';
  if (name === 'polyline' || name === 'polygon') {
    return `M${shape.getAttribute('points')}${name === 'polygon' ? 'Z' : ''}`;
  }
  if (name === 'line') {
    const [x1, y1, x2, y2] = ['x1', 'y1', 'x2', 'y2'].map((end) => shape[end].baseVal.value);
    return `M${x1} ${y1}L${x2} ${y2}`;
  }
  const { x, y, width, height } = shape.getBBox();
  if (name === 'rect') return box(x, y, width, height, parseFloat(getComputedStyle(shape).rx) || 0);
  const [rx, ry] = [width / 2, height / 2];
  return `M${x} ${y + ry}a${rx} ${ry} 0 1 0 ${width} 0a${rx} ${ry} 0 1 0 ${-width} 0Z`;
}

function box(x, y, width, height, radius) {
  const r = Math.min(radius, width / 2, height / 2);
  const [w, h] = [width - 2 * r, height - 2 * r].map(ROUND);
  return `M${ROUND(x + r)} ${ROUND(y)}h${w}a${r} ${r} 0 0 1 ${r} ${r}v${h}a${r} ${r} 0 0 1 ${-r} ${r}h${-w}a${r} ${r} 0 0 1 ${-r} ${-r}v${-h}a${r} ${r} 0 0 1 ${r} ${-r}Z`;
}

// The words of a text node, line by line.
function lines(node) {
  const range = document.createRange();
  const out = [];
  for (const { index, 0: word } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const at = range.getBoundingClientRect();
    if (!at.width) continue;
    const last = out.at(-1);
    if (last && Math.abs(last.at.top - at.top) < 2) {
      last.words += ` ${word.trim()}`;
      last.right = at.right;
    } else out.push({ words: word.trim(), at, right: at.right });
  }
  return out;
}

// Everything that is to be seen of a panel, from back to front, in its own coordinates.
function read(panel) {
  const origin = panel.getBoundingClientRect();
  const colour = colours();
  const measure = pixel();
  const marks = [];
  const paint = (d, matrix, style, opacity, fill, stroke, width) => {
    const [inside, line] = [fill, stroke].map((text) => (text && text !== 'none' ? colour(text) : { alpha: 0 }));
    if (!inside.alpha && !(line.alpha && width)) return;
    const dash = style.strokeDasharray === 'none' ? '' : style.strokeDasharray;
    marks.push({ d, matrix, inside, line, width, opacity, cap: style.strokeLinecap, join: style.strokeLinejoin, dash });
  };
  const write = (node, style, opacity, clip) => {
    const size = parseFloat(style.fontSize);
    const font = `${style.fontWeight} ${size}px ${style.fontFamily}`;
    measure.font = font;
    const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = measure.measureText('x');
    const inside = colour(node.parentNode instanceof SVGElement ? style.fill : style.color);
    for (let { words, at } of lines(node)) {
      if (at.bottom > clip.bottom + 1 || at.top < clip.top - 1 || at.left > clip.right) continue;
      const room = clip.right - at.left;
      const fits = (text) => measure.measureText(text).width <= room + 1;
      if (!fits(words)) {
        while (words.length > 1 && !fits(`${words}…`)) words = words.slice(0, -1);
        words += '…';
      }
      const y = at.top + (at.height - up - down) / 2 + up - origin.top;
      marks.push({ words, x: at.left - origin.left, y, font, size, style, inside, opacity });
    }
  };
  const visit = (element, opacity, clip) => {
    if (element.matches(SKIPPED)) return;
    const style = getComputedStyle(element);
    if (style.display === 'none' || style.visibility === 'hidden') return;
    const seen = opacity * style.opacity;
    if (!seen) return;
    const at = element.getBoundingClientRect();
    if (element instanceof SVGElement) {
      if (SHAPES.includes(element.localName)) {
        const matrix = element.getScreenCTM();
        matrix.e -= origin.left;
        matrix.f -= origin.top;
        const scale = style.vectorEffect === 'non-scaling-stroke' ? 1 : Math.sqrt(Math.abs(matrix.a * matrix.d)) || 1;
        const width = parseFloat(style.strokeWidth) * scale;
        // An arrow of thickness has ends of its own; a fill has its own opacity.
        paint(outline(element), matrix, style, seen, style.fill, style.stroke, width);
        return;
      }
    } else {
      const edge = parseFloat(style.borderTopWidth);
      const [x, y] = [at.left - origin.left, at.top - origin.top];
      const d = box(x + edge / 2, y + edge / 2, at.width - edge, at.height - edge, parseFloat(style.borderTopLeftRadius) || 0);
      const own = { strokeDasharray: 'none' };
      paint(d, undefined, own, seen, style.backgroundColor, edge ? style.borderTopColor : '', edge);
      const rule = parseFloat(style.borderBottomWidth);
      if (!edge && rule) {
        const bottom = y + at.height - rule / 2;
        paint(`M${ROUND(x)} ${ROUND(bottom)}h${ROUND(at.width)}`, undefined, own, seen, '', style.borderBottomColor, rule);
      }
    }
    let inner = clip;
    if (style.overflowX !== 'visible' && at.width) {
      inner = {
        top: Math.max(clip.top, at.top),
        right: Math.min(clip.right, at.right),
        bottom: Math.min(clip.bottom, at.bottom),
      };
    }
    if (at.height && (at.top > clip.bottom || at.bottom < clip.top)) return;
    for (const node of element.childNodes) {
      if (node instanceof Element) visit(node, seen, inner);
      else if (node instanceof Text && node.data.trim()) write(node, style, seen, inner);
    }
  };
  visit(panel, 1, origin);
  return { marks, width: Math.ceil(origin.width), height: Math.ceil(origin.height) };
}

const escaped = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);

function svg({ marks, width, height }) {
  const attributes = (pairs) =>
    Object.entries(pairs)
      .filter(([, value]) => value != null && value !== '')
      .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
      .join('');
  const shade = (name, { text, alpha }) =>
    alpha ? { [name]: text, [`${name}-opacity`]: alpha < 1 ? ROUND(alpha) : null } : { [name]: 'none' };
  const out = marks.map((mark) => {
    const opacity = mark.opacity < 1 ? ROUND(mark.opacity) : null;
    if (mark.words) {
      const { fontFamily, fontWeight } = mark.style;
      const all = { x: ROUND(mark.x), y: ROUND(mark.y), 'font-family': fontFamily, 'font-size': mark.size, 'font-weight': fontWeight, ...shade('fill', mark.inside), opacity };
      return `<text${attributes(all)}>${escaped(mark.words)}</text>`;
    }
    const { matrix: m, line, width: thick, cap, join, dash } = mark;
    const transform = m && `matrix(${[m.a, m.b, m.c, m.d, m.e, m.f].map(ROUND).join(' ')})`;
    const drawn = line.alpha && thick ? { ...shade('stroke', line), 'stroke-width': thick, 'stroke-linecap': cap, 'stroke-linejoin': join, 'stroke-dasharray': dash, 'vector-effect': m && 'non-scaling-stroke' } : {};
    return `<path${attributes({ d: mark.d, transform, ...shade('fill', mark.inside), ...drawn, opacity })}/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n${out.join('\n')}\n</svg>\n`;
}

function png({ marks, width, height }) {
  const scale = 2;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width * scale, height * scale];
  const context = canvas.getContext('2d');
  context.scale(scale, scale);
  const shade = ({ text, alpha }, opacity) => {
    context.globalAlpha = alpha * opacity;
    return text;
  };
  for (const mark of marks) {
    if (mark.words) {
      context.fillStyle = shade(mark.inside, mark.opacity);
      context.font = mark.font;
      context.fillText(mark.words, mark.x, mark.y);
      continue;
    }
    const path = new Path2D();
    path.addPath(new Path2D(mark.d), mark.matrix);
    if (mark.inside.alpha) {
      context.fillStyle = shade(mark.inside, mark.opacity);
      context.fill(path);
    }
    if (mark.line.alpha && mark.width) {
      context.strokeStyle = shade(mark.line, mark.opacity);
      Object.assign(context, { lineWidth: mark.width, lineCap: mark.cap ?? 'butt', lineJoin: mark.join ?? 'miter' });
      context.setLineDash(mark.dash ? mark.dash.split(/[ ,]+/).map(parseFloat) : []);
      context.stroke(path);
    }
  }
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
}

// Reads an answer to its end, and says how much is here.
async function csv(kit, panel, progress) {
  const answer = await kit.fetch(kit.address('v1/embed/export', { panel }));
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw fail(problem.code ?? 'unexpected_answer', answer.status >= 500 || answer.status === 429);
  }
  const parts = [];
  let bytes = 0;
  for (const reader = answer.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type: 'text/csv;charset=utf-8' });
    parts.push(value);
    progress((bytes += value.length));
  }
}

function hand(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export async function save(kit, panel, format, progress) {
  let blob;
  if (format === 'csv') blob = await csv(kit, panel, progress);
  else {
    const panels = [...kit.root.querySelectorAll('[data-panel]')];
    const shown = panels.find((one) => one.dataset.panel === panel);
    if (!shown) throw fail('not_ready', true);
    const drawing = read(shown);
    blob = format === 'svg' ? new Blob([svg(drawing)], { type: 'image/svg+xml' }) : await png(drawing);
  }
  hand(blob, `${kit.element.getAttribute('dashboard')}-${panel}.${format}`);
}

const frames = (count) => new Promise((resolve) => {
  const next = () => (count-- > 0 ? requestAnimationFrame(next) : resolve());
  next();
});

// A sheet of A4 or letter paper has room for so many pixels.
const PAPER = 700;

// Prints the dashboard alone: what stands beside it and beside what is around it is hidden meanwhile.
// Charts are drawn for the paper's width before.
export async function print(element) {
  const undone = [];
  const set = (node, name, value) => {
    const { style } = node;
    const before = [style.getPropertyValue(name), style.getPropertyPriority(name)];
    undone.push(() => style.setProperty(name, ...before));
    style.setProperty(name, value, 'important');
  };
  for (let node = element; node.parentNode; node = node.parentNode.host ?? node.parentNode) {
    for (const other of node.parentNode.children) {
      if (other !== node && other.style && other.localName !== 'head') set(other, 'display', 'none');
    }
    if (node.style && node !== element) {
      for (const [name, value] of [['margin', '0'], ['padding', '0'], ['max-width', 'none'], ['display', 'block'], ['overflow', 'visible'], ['height', 'auto']]) set(node, name, value);
    }
  }
  set(element, 'width', `${PAPER}px`);
  set(element, 'color-scheme', 'light');
  await frames(3);
  const restore = () => undone.splice(0).reverse().forEach((undo) => undo());
  addEventListener('afterprint', restore, { once: true });
  window.print();
  // Where printing does not wait, it has what it needs by now.
  setTimeout(restore, 1_000);
}
