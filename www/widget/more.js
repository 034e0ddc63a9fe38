// The parts of a dashboard that are there when somebody reaches for them: the choice of a range and of
// values, the filters in force, a panel's menu, a panel alone, single events. The loader brings this
// file when one of them is asked for first.
//
// `kit` is one dashboard: `element`, `root` (its shadow root), `handle` (of the widget), `fetch` (with
// its token), `address` (of an operation, as everything is chosen), `tools` (the script for files).

const stateOf = (kit) => JSON.parse(kit.handle.state() ?? 'null');
const sayOf = (kit) => (text, values = {}) =>
  Object.entries(values).reduce((all, [name, value]) => all.replace(`{${name}}`, value), kit.handle.say(text));

// Asks by a body, for this dashboard in its zone.
async function post(kit, path, question) {
  const { element } = kit;
  const zone = element.getAttribute('timezone') || undefined;
  const body = JSON.stringify({ dashboard: element.getAttribute('dashboard'), zone, ...question });
  const headers = { 'Content-Type': 'application/json' };
  const url = kit.address(path);
  url.search = '';
  const answer = await kit.fetch(url, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

// Elements by hand: a page may forbid markup from text.
function make(tag, attributes, ...kids) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name, value);
    else if (name === 'checked' || name === 'value') made[name] = value;
    else if (value != null && value !== false) made.setAttribute(name, value);
  }
  made.append(...kids.filter((kid) => kid instanceof Node || typeof kid === 'string'));
  return made;
}

function icon(path) {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  const line = document.createElementNS(space, 'path');
  for (const [name, value] of [['class', 'icon'], ['viewBox', '0 0 16 16'], ['aria-hidden', 'true']]) {
    drawing.setAttribute(name, value);
  }
  line.setAttribute('d', path);
  drawing.append(line);
  return drawing;
}

const ICONS = {
  close: 'M4 4l8 8M12 4l-8 8',
  rows: 'M2 3.5h12v9H2zM2 6.5h12M2 9.5h12M6.5 6.5v6',
  undo: 'M5.5 3.5L2.5 6.5l3 3M2.5 6.5h7a3.5 3.5 0 0 1 0 7h-3',
  redo: 'M10.5 3.5l3 3-3 3M13.5 6.5h-7a3.5 3.5 0 0 0 0 7h3',
};

const iconButton = (style, name, path, click) =>
  make('button', { type: 'button', class: style, title: name, 'aria-label': name, click }, icon(path));

// Popovers are the browser's own: Escape and a click elsewhere close them, and the focus goes back.

// Buttons whose press closes what they opened.
const pressed = new WeakSet();
const ROOM = 340;

// It stands on the page, and not on the window, so that it moves along when the page is scrolled.
function place(pop, button) {
  const at = button.getBoundingClientRect();
  const page = document.documentElement.getBoundingClientRect();
  const { clientWidth: width, clientHeight: height } = document.documentElement;
  const atEnd = at.left + at.right > width;
  const above = height - at.bottom < ROOM && at.top > ROOM;
  const px = (value) => `${Math.max(value, 8)}px`;
  Object.assign(pop.style, {
    left: atEnd ? 'auto' : px(at.left - page.left),
    right: atEnd ? px(width - at.right) : 'auto',
    top: above ? 'auto' : `${at.bottom - page.top + 4}px`,
    bottom: above ? `${height - at.top + page.top + 4}px` : 'auto',
  });
}

function open(kit, button, role, name, ...kids) {
  // The press that closed it is not to open it again.
  if (pressed.delete(button)) return;
  kit.button = button;
  const pop = make('div', { class: 'popover', part: 'popover', popover: 'auto', role, 'aria-label': name }, ...kids);
  const press = () => pressed.add(button);
  button.addEventListener('pointerdown', press);
  pop.addEventListener('toggle', ({ newState }) => {
    if (newState !== 'closed') return;
    button.removeEventListener('pointerdown', press);
    setTimeout(() => pressed.delete(button), 500);
    button.setAttribute('aria-expanded', 'false');
    pop.remove();
  });
  // Browsers do not find the way back to a button in a shadow root.
  pop.addEventListener('beforetoggle', ({ newState }) => {
    const inside = pop.contains(kit.root.activeElement);
    if (newState === 'closed' && inside) queueMicrotask(() => button.focus());
  });
  // Inside a dialog it belongs to the dialog.
  button.parentNode.append(pop);
  place(pop, button);
  pop.showPopover();
  // Not every browser looks for `autofocus` in a shadow root.
  pop.querySelector('[autofocus]')?.focus();
  button.setAttribute('aria-expanded', 'true');
  return pop;
}

const hide = (inside) => inside.closest('[popover]')?.hidePopover();

// Fields.

const field = (name, input) => make('label', { class: 'field' }, make('span', { class: 'field-name' }, name), input);

function segments(name, label, options, current) {
  const set = make('div', { class: 'ranges' });
  for (const [value, words] of options) {
    const input = make('input', { class: 'range-input', type: 'radio', name, value, checked: value === current });
    set.append(make('label', { class: 'range' }, input, make('span', { class: 'range-name' }, words)));
  }
  return make('fieldset', { class: 'field' }, make('legend', { class: 'field-name' }, label), set);
}

const ending = (words) =>
  make('div', { class: 'form-end' }, make('button', { class: 'button primary', type: 'submit' }, words));

// A form whose fields are handed to `apply` when it is sent.
function form(apply, ...kids) {
  const submit = (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    hide(event.target);
    apply(fields);
  };
  return make('form', { class: 'form', submit }, ...kids);
}

// A range.

const DAY = 86_400_000;
const moved = (day, days) => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10);
// The end of a range is not in it.
const lastDay = (end) => (end.slice(11, 19) === '00:00:00' ? moved(end.slice(0, 10), -1) : end.slice(0, 10));

export function period(kit, button) {
  const [state, say] = [stateOf(kit), sayOf(kit)];
  const { choice } = state;
  const [first, last] = [state.from.slice(0, 10), lastDay(state.to)];
  const day = (name, value, more) =>
    make('input', { class: 'input', type: 'date', name, value, required: '', min: '1970-01-01', max: '9998-12-31', ...more });
  const apply = ({ from, to, compare, grain }) => {
    const next = { ...choice, compare: compare || undefined, grain: grain || undefined };
    if (from !== first || to !== last) {
      const [a, b] = from > to ? [to, from] : [from, to];
      delete next.range;
      Object.assign(next, { from: a, to: moved(b, 1) });
    }
    choose(kit, next);
  };
  const comparisons = [
    ['', say('Automatic')],
    ['previous_period', say('Previous period')],
    ['previous_year', say('Previous year')],
    ['none', say('Nothing')],
  ];
  const grains = [
    ['', say('Automatic')],
    ['hour', say('Hours')],
    ['day', say('Days')],
    ['week', say('Weeks')],
    ['month', say('Months')],
    ['quarter', say('Quarters')],
  ];
  const days = make('div', { class: 'field-row' },
    field(say('From'), day('from', first, { autofocus: '' })),
    field(say('To'), day('to', last)));
  open(kit, button, 'dialog', say('Choose dates'), form(apply, days,
    segments('compare', say('Compare with'), comparisons, choice.compare ?? ''),
    state.timed ? segments('grain', say('Steps of the time axis'), grains, choice.grain ?? '') : null,
    ending(say('Apply'))));
}

function choose(kit, choice) {
  kit.handle.choose(JSON.stringify(choice));
}

// Values of a dimension.

const isList = (filter, dimension) =>
  filter.dimension === dimension && ['in', 'not_in'].includes(filter.op);

export function filter(kit, button, dimension) {
  const [state, say] = [stateOf(kit), sayOf(kit)];
  const { choice, offers } = state;
  dimension ??= offers.find((offer) => offer.dimension === kit.dimension)?.dimension ?? offers[0]?.dimension;
  if (!dimension) return;
  kit.dimension = dimension;
  const known = choice.filters.find((filter) => isList(filter, dimension));
  const chosen = new Set(known?.values);
  const number = new Intl.NumberFormat(state.lang);

  const list = make('div', { class: 'values', role: 'group', 'aria-label': say('Search values') });
  const note = make('p', { class: 'values-note', role: 'status' });
  const check = (value, count) => {
    const change = ({ target }) => (target.checked ? chosen.add(value) : chosen.delete(value));
    return make('label', { class: 'pick' },
      make('input', { class: 'check', type: 'checkbox', checked: chosen.has(value), change }),
      make('span', { class: 'value-name' }, value),
      make('span', { class: 'value-count' }, count));
  };
  let round = 0;
  const search = async (text) => {
    const mine = ++round;
    if (!list.children.length) note.textContent = say('Searching…');
    const { range, from, to } = choice;
    const filters = choice.filters.filter((other) => other.dimension !== dimension);
    let words = '';
    let rows = [];
    try {
      const found = await post(kit, 'v1/embed/values', { dimension, search: text || undefined, range, from, to, filters });
      const others = [...chosen].filter((value) => !found.values.some((one) => one.value === value));
      // What is chosen stays in sight, whatever is searched for.
      rows = [...others.map((value) => check(value, '')), ...found.values.map(({ value, count }) => check(value, number.format(count)))];
      if (found.more) words = say('There are more: search for them.');
      else if (!found.values.length) words = say('No such values');
    } catch {
      words = say('The values could not be loaded.');
    }
    if (mine !== round) return;
    list.replaceChildren(...rows);
    note.textContent = words;
  };
  const apply = ({ op }) => {
    const filters = [...choice.filters];
    const at = filters.findIndex((other) => isList(other, dimension));
    const next = chosen.size ? [{ dimension, op, values: [...chosen] }] : [];
    filters.splice(at < 0 ? filters.length : at, at < 0 ? 0 : 1, ...next);
    choose(kit, { ...choice, filters });
  };
  let rest;
  const typed = ({ target }) => {
    clearTimeout(rest);
    rest = setTimeout(() => search(target.value), 200);
  };
  const turn = ({ target }) => {
    const picked = target.value;
    const pop = target.closest('[popover]');
    pop.replaceChildren();
    pop.hidePopover();
    filter(kit, button, picked);
  };
  const options = offers.map((offer) => make('option', { value: offer.dimension }, offer.label));
  const select = make('select', { class: 'input', autofocus: '', change: turn }, ...options);
  select.value = dimension;
  const hint = say('Search values');
  const pop = open(kit, button, 'dialog', say('Add a filter'), form(apply,
    field(say('Filter by'), select),
    segments('op', say('Condition'), [['in', say('is')], ['not_in', say('is not')]], known?.op ?? 'in'),
    make('input', { class: 'input', type: 'search', 'aria-label': hint, placeholder: hint, input: typed }),
    make('div', {}, list, note),
    ending(say('Apply'))));
  if (pop) search('');
}

// What narrows the numbers, and the way back.

const SIGNS = { in: ': ', not_set: ': ', not_in: ' ≠ ', gt: ' > ', gte: ' ≥ ', lt: ' < ', lte: ' ≤ ' };

// A filter in words. What a page made of groups is named, not spelt out.
function inWords({ dimension, op, values = [] }, state, say) {
  if (!dimension) return say('Other conditions');
  const label = state.offers.find((offer) => offer.dimension === dimension)?.label ?? dimension;
  const shown = values.slice(0, 3).map((value) => value || say('(none)')).join(', ');
  const rest = values.length > 3 ? ` +${values.length - 3}` : '';
  return label + (SIGNS[op] ?? ' … ') + (op === 'not_set' ? say('(none)') : shown + rest);
}

export function chips(kit) {
  const slot = kit.root.querySelector('.chips');
  const state = stateOf(kit);
  if (!slot || !state) return;
  const say = sayOf(kit);
  const { choice } = state;
  const marks = choice.marks ?? [];
  // Whoever takes a chip away with the keyboard goes on at the next one.
  const focused = [...slot.querySelectorAll('button')].indexOf(kit.root.activeElement);
  const chip = (name, remove, drill) => {
    const words = make('span', { class: 'chip-name' }, name);
    const rows = drill && iconButton('chip-tool', say('Single events of {name}', { name }), ICONS.rows, drill);
    const gone = iconButton('chip-tool', say('Remove the filter {name}', { name }), ICONS.close, remove);
    return make('li', { class: 'chip', part: 'chip' }, words, rows, gone);
  };
  const without = (list, place) => list.filter((_, at) => at !== place);
  const list = make('ul', { class: 'chip-list' });
  choice.filters.forEach((filter, place) => {
    const remove = () => choose(kit, { ...choice, filters: without(choice.filters, place) });
    list.append(chip(inWords(filter, state, say), remove));
  });
  marks.forEach((mark, place) => {
    const name = mark.filters.map((filter) => inWords(filter, state, say)).join(' · ');
    const remove = () => choose(kit, { ...choice, marks: without(marks, place) });
    list.append(chip(name, remove, state.rows && (() => rows(kit, mark.panel, name, mark))));
  });
  const row = [list];
  if (choice.filters.length + marks.length > 1) {
    const clear = () => choose(kit, { ...choice, filters: [], marks: [] });
    row.push(make('button', { class: 'quiet', type: 'button', click: clear }, say('Clear all')));
  }
  if (state.undo || state.redo) {
    const step = (name, path, back, can) => {
      const button = iconButton('tool', name, path, () => can && kit.handle.step(back));
      if (!can) button.setAttribute('aria-disabled', 'true');
      return button;
    };
    row.push(make('div', { class: 'steps' },
      step(say('Undo'), ICONS.undo, true, state.undo),
      step(say('Redo'), ICONS.redo, false, state.redo)));
  }
  slot.replaceChildren(...row);
  if (focused >= 0) {
    const buttons = slot.querySelectorAll('button');
    buttons[Math.min(focused, buttons.length - 1)]?.focus();
  }
}

// A panel's menu.

export function menu(kit, button) {
  const [state, say] = [stateOf(kit), sayOf(kit)];
  const shown = button.closest('[data-panel]');
  const { id, title, table } = state.panels.find((panel) => panel.id === shown.dataset.panel);
  const alone = button.closest('dialog');
  const tables = state.choice.tables ?? [];
  const asTable = tables.includes(id);
  const turn = () =>
    choose(kit, { ...state.choice, tables: asTable ? tables.filter((other) => other !== id) : [...tables, id] });
  const items = [
    !alone && ['Full screen', () => full(kit, shown, title)],
    !table && [asTable ? 'Show as chart' : 'Show as table', turn],
    state.rows && !alone && ['Single events', () => rows(kit, id, title)],
    state.csv && ['Save as CSV', () => save(kit, id, 'csv').catch(() => {})],
    state.png && ['Save as PNG', () => save(kit, id, 'png').catch(() => {})],
    state.png && ['Save as SVG', () => save(kit, id, 'svg').catch(() => {})],
    !alone && ['Print dashboard', async () => (await kit.tools()).print(kit.element)],
  ].filter(Boolean).map(([name, act], place) => {
    const click = ({ target }) => {
      hide(target);
      act();
    };
    return make('button', { class: 'item', type: 'button', role: 'menuitem', tabindex: -1, autofocus: place ? null : '', click }, say(name));
  });
  const pop = open(kit, button, 'menu', say('Options for {name}', { name: title }), ...items);
  pop?.addEventListener('keydown', (event) => {
    const at = items.indexOf(event.target);
    const last = items.length - 1;
    const next = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, Home: 0, End: last }[event.key];
    if (event.key === 'Tab') pop.hidePopover();
    if (next == null) return;
    event.preventDefault();
    items[next].focus();
  });
}

// Dialogs are the browser's own too: it keeps the focus inside, and gives it back.

function dialog(kit, title, over, ...kids) {
  const say = sayOf(kit);
  const box = make('dialog', { class: 'dialog', part: 'dialog', 'aria-label': title });
  const end = () => box.close();
  box.append(
    make('header', { class: 'dialog-head' },
      make('h2', { class: 'dialog-title' }, title),
      iconButton('toggle', say('Close'), ICONS.close, end)),
    ...kids);
  // A click on the dialog's own box is one on the backdrop.
  box.addEventListener('click', ({ target }) => target === box && end());
  const opener = kit.root.activeElement ?? kit.button;
  box.addEventListener('close', () => {
    over();
    box.remove();
    opener?.focus();
  });
  kit.root.querySelector('.dashboard').append(box);
  // A frame is as high as all of its dashboard: there the dialog stands where the focus was.
  const from = kit.root.activeElement?.getBoundingClientRect().top ?? 0;
  box.showModal();
  if (window !== window.parent) {
    const room = Math.max(16, innerHeight - box.offsetHeight - 16);
    Object.assign(box.style, { marginTop: `${Math.min(Math.max(from - 80, 16), room)}px`, maxHeight: `min(760px, 100vh - 32px)` });
  }
  return box;
}

// The panel itself goes into the dialog, and back to its place.
function full(kit, panel, title) {
  const seat = make('div', { class: panel.className, 'aria-hidden': 'true' });
  seat.style.height = `${panel.offsetHeight}px`;
  panel.replaceWith(seat);
  const back = () => {
    // Meanwhile the dashboard may have been drawn anew, without this panel.
    if (seat.isConnected && panel.isConnected) seat.replaceWith(panel);
    else seat.remove();
  };
  dialog(kit, title, back, panel).dataset.kind = 'full';
}

function written(cell, type, formats) {
  if (cell == null) return '–';
  if (type === 'time') return formats.time.format(new Date(cell));
  if (type === 'integer' || type === 'number') return formats.number.format(cell);
  return String(cell);
}

// The events behind a panel or a mark, page by page.
function rows(kit, panel, title, mark) {
  const [state, say] = [stateOf(kit), sayOf(kit)];
  const { lang } = state;
  const formats = {
    time: new Intl.DateTimeFormat(lang, { dateStyle: 'medium', timeStyle: 'medium', timeZone: state.zone }),
    number: new Intl.NumberFormat(lang),
  };
  const { range, from, to, filters, marks = [] } = state.choice;
  const body = {
    panel, range, from, to, limit: 50,
    filters: [...filters, ...(mark?.filters ?? [])],
    marks: marks.filter((other) => other.panel !== panel),
  };
  const head = make('tr', {});
  const lines = make('tbody', {});
  const status = make('p', { class: 'values-note', role: 'status' });
  const next = make('button', { class: 'button', type: 'button', hidden: '' }, say('Show more'));
  const load = async () => {
    next.hidden = true;
    status.textContent = say('Loading events…');
    let open = true;
    try {
      const page = await post(kit, 'v1/embed/rows', body);
      const style = ({ type }) => (['integer', 'number', 'decimal'].includes(type) ? 'num' : 'word');
      if (!head.children.length && page.rows.length) {
        head.append(...page.columns.map((column) => make('th', { scope: 'col', class: style(column) }, column.label)));
      }
      lines.append(...page.rows.map((cells) => make('tr', {}, ...cells.map((cell, at) => make('td', { class: style(page.columns[at]) }, written(cell, page.columns[at].type, formats))))));
      body.cursor = page.next;
      open = Boolean(page.next);
      const n = formats.number.format(lines.children.length);
      status.textContent = lines.children.length ? say('Events shown: {n}', { n }) : say('No data in this period');
    } catch {
      status.textContent = say('This could not be loaded');
    }
    next.hidden = !open;
  };
  next.onclick = load;
  const table = make('table', { class: 'data' }, make('thead', {}, head), lines);
  const scroll = make('div', { class: 'scroll rows', tabindex: 0, role: 'group', 'aria-label': say('Single events') }, table);
  dialog(kit, title, () => {}, make('div', { class: 'dialog-body' }, scroll, make('div', { class: 'dialog-foot' }, status, next)));
  load();
}

// Files. What takes longer than a second says how far it is.

export async function save(kit, panel, format) {
  const [state, say] = [stateOf(kit), sayOf(kit)];
  const fail = (code) => Object.assign(new Error(code), { code, retryable: false });
  if (!state.panels.some(({ id }) => id === panel)) throw fail('unknown_panel');
  if (!['csv', 'png', 'svg'].includes(format)) throw fail('unknown_format');
  if (!(format === 'csv' ? state.csv : state.png)) throw fail('missing_capability');
  const words = make('span', {});
  const box = make('div', { class: 'busy', role: 'status' }, make('progress', { 'aria-label': say('Preparing the file…') }), words);
  const progress = (bytes) => {
    const size = bytes ? ` · ${Math.ceil(bytes / 1024)} KB` : '';
    words.textContent = say('Preparing the file…') + size;
  };
  progress(0);
  const patience = setTimeout(() => kit.root.querySelector('.dashboard').append(box), 1000);
  try {
    const tools = await kit.tools();
    await tools.save(kit, panel, format, progress);
  } catch (error) {
    const close = make('button', { class: 'button', type: 'button', click: () => failed.remove() }, say('Close'));
    const failed = make('div', { class: 'busy', role: 'alert' }, make('span', {}, say('The file could not be made')), close);
    kit.root.querySelector('.dashboard').append(failed);
    throw error;
  } finally {
    clearTimeout(patience);
    box.remove();
  }
}
