// Runs our page inside a customer's frame, or in a window of its own under the customer's host name.
// It gets its session from the page that opened it, over a port, from an origin that the server
// listed, and shows the same element that runs on the customer's page.

const ASSETS = __INLAY_ASSETS__;
const NEED_SECONDS = 15;

const meta = (name) => document.querySelector(`meta[name="inlay-${name}"]`)?.content ?? '';
const origins = JSON.parse(meta('origins') || '[]');
const standalone = document.documentElement.classList.contains('standalone');
const stage = document.querySelector('.stage');
const host = window.opener ?? (window.parent === window ? undefined : window.parent);

// The brand's colours; the element takes them from its surroundings.
if (meta('accent')) {
  const accent = `light-dark(${meta('accent')}, ${meta('accent-dark') || meta('accent')})`;
  document.documentElement.style.setProperty('--inlay-accent', accent);
}

function explain() {
  const words = document.createElement('p');
  words.textContent = 'This dashboard opens from inside the portal, where you are signed in.';
  const box = document.createElement('div');
  box.className = 'explain';
  box.role = 'status';
  box.append(words);
  if (standalone && origins[0]) {
    const link = document.createElement('a');
    link.href = origins[0];
    link.textContent = `Go to ${new URL(origins[0]).host}`;
    box.append(link);
  }
  stage.replaceChildren(box);
}

// Asks the host for a session. One question at a time is open; the loader sees to that.
function asking(port) {
  let settle;
  const hear = ({ session, failed }) => {
    if (session) settle?.resolve(session);
    if (failed) settle?.reject(Object.assign(new Error(failed.code), failed));
  };
  const ask = (refused) =>
    new Promise((resolve, reject) => {
      settle = { resolve, reject };
      setTimeout(() => {
        reject(Object.assign(new Error('session_unavailable'), { code: 'session_unavailable', retryable: true }));
      }, NEED_SECONDS * 1000);
      port.postMessage({ need: 'session', refused });
    });
  return { ask, hear };
}

function dress(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value == null) element.removeAttribute(name);
    else element.setAttribute(name, value);
  }
  const { theme } = attributes;
  document.documentElement.style.colorScheme = ['light', 'dark'].includes(theme) ? theme : 'light dark';
}

// The frame is as high as what it shows. Nothing in it depends on the frame's height, so it settles.
function tellHeight(port) {
  let last = 0;
  new ResizeObserver(() => {
    const height = Math.ceil(stage.getBoundingClientRect().height);
    if (height === last) return;
    last = height;
    port.postMessage({ height });
  }).observe(stage);
}

async function show(port, { attributes, wish }, embedder) {
  const { Session } = await import(new URL(ASSETS.loader, new URL('/', import.meta.url)).href);
  const { ask, hear } = asking(port);
  const session = new Session(ask);
  session.embedder = embedder;

  const element = document.createElement('inlay-dashboard');
  element.source = session;
  element.wish = wish ?? {};
  element.setAttribute('dashboard', meta('dashboard'));
  dress(element, attributes);
  // The host's own session tells of new tokens.
  for (const type of ['ready', 'error', 'select', 'filter']) {
    element.addEventListener(`inlay-${type}`, ({ detail }) => port.postMessage({ event: { type, detail } }));
  }
  const call = async ({ id, method, given }) => {
    try {
      await element[method](...given);
      port.postMessage({ done: { id } });
    } catch ({ code = 'invalid_filter' }) {
      port.postMessage({ done: { id, code } });
    }
  };
  port.onmessage = ({ data }) => {
    hear(data);
    if (data.attributes) {
      const { dashboard, ...rest } = data.attributes;
      dress(element, rest);
    }
    if (data.call) call(data.call);
  };
  stage.replaceChildren(element);
  if (!standalone) tellHeight(port);
}

// A reloaded host greets anew; the newest port wins.
let answered = false;
addEventListener('message', (event) => {
  if (event.source !== host || !origins.includes(event.origin) || event.data?.inlay !== 'port') return;
  answered = true;
  show(event.ports[0], event.data, event.origin);
});

if (host) for (const origin of origins) host.postMessage({ inlay: 'hello' }, origin);
setTimeout(() => answered || explain(), host ? 3000 : 0);
