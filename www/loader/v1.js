// The loader: a custom element around the widget. It is loaded first, on pages of other people, so it
// is small, keeps to itself, and starts everything that takes time at once.
//
//   <script type="module" src="https://analytics.example/v1.js"></script>
//   <inlay-dashboard dashboard="overview" session="/inlay-session"></inlay-dashboard>
//
// Tokens stay in private fields: never in an attribute, an address, an event or a log.

export let ASSETS = __INLAY_ASSETS__;
const BASE = new URL('/', import.meta.url);
const asset = (path) => new URL(path, BASE).href;

// What the widget and the host page get to know of a failure.
const trouble = (code, retryable) => Object.assign(new Error(code), { code, retryable });

// A session source: gives tokens, renews them, and asks for one at a time. Time left is measured from
// receipt on the monotonic clock, because the wall clock of a viewer may be wrong.
export class Session {
  #ask;
  #users = new Set();
  #token;
  #born;
  #life;
  #pending;
  #failures = 0;
  #wake;
  #timer;

  constructor(ask) {
    this.#ask = ask;
  }

  // Seconds left; the share of a life that counts as nearly over is a fifth.
  get left() {
    return this.#token ? this.#life - (performance.now() - this.#born) / 1000 : 0;
  }

  // A token that lives. `refused` is one that the server did not take, `hurry` cuts a wait short.
  async token(refused, hurry) {
    const lives = this.left > Math.min(5, this.#life / 10);
    if (lives && this.#token !== refused) return this.#token;
    if (hurry) this.#wake?.();
    return this.#renew();
  }

  // For a frame: the token and what is left of its life.
  async share(refused) {
    const token = await this.token(refused);
    return { token, expires_in: this.left };
  }

  #renew() {
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetch() {
    if (this.#failures) await this.#wait();
    try {
      const { token, expires_in } = await this.#ask(this.#token);
      if (!token || !(expires_in > 0)) throw trouble('session_invalid', false);
      this.#token = token;
      this.#life = expires_in;
      this.#born = performance.now();
      this.#failures = 0;
      for (const tell of this.#users) tell(expires_in);
      return token;
    } catch (error) {
      // What has no code of ours came from the network.
      const told = error.retryable != null ? error : trouble('session_unavailable', true);
      this.#failures = told.retryable ? this.#failures + 1 : 0;
      throw told;
    } finally {
      this.#plan();
    }
  }

  // 1, 2, 4, … 30 s, of which chance takes up to half away.
  #wait() {
    const ms = Math.min(30, 2 ** (this.#failures - 1)) * 1000 * (1 - Math.random() / 2);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  // Renews at four fifths of a life, while somebody looks.
  #plan() {
    clearTimeout(this.#timer);
    if (!this.#users.size || !this.#token || this.#failures) return;
    const ms = Math.max(1, this.left - this.#life / 5) * 1000;
    this.#timer = setTimeout(() => document.hidden || this.#renew().catch(() => {}), ms);
  }

  #wakeUp = () => {
    if (document.hidden) return;
    if (this.#failures) this.#wake?.();
    else if (this.#token && this.left < this.#life / 5) this.#renew().catch(() => {});
  };

  // `tell` hears of each new token's life, until it is removed again.
  add(tell) {
    if (!this.#users.size) {
      addEventListener('online', this.#wakeUp);
      document.addEventListener('visibilitychange', this.#wakeUp);
    }
    this.#users.add(tell);
    this.#plan();
  }

  remove(tell) {
    this.#users.delete(tell);
    if (this.#users.size) return;
    clearTimeout(this.#timer);
    removeEventListener('online', this.#wakeUp);
    document.removeEventListener('visibilitychange', this.#wakeUp);
  }
}

// One session per address, however many dashboards a page has.
const sessions = new Map();

function sessionAt(path) {
  const url = new URL(path, document.baseURI);
  if (url.origin !== location.origin) throw trouble('session_origin', false);
  if (!sessions.has(url.href)) sessions.set(url.href, new Session(() => post(url.href)));
  return sessions.get(url.href);
}

async function post(url) {
  const answer = await fetch(url, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { Accept: 'application/json' },
    cache: 'no-store',
    redirect: 'manual',
  });
  // Who is signed out is often sent to a page with a form.
  if ([401, 403].includes(answer.status) || answer.type === 'opaqueredirect') {
    throw trouble('session_expired', false);
  }
  if (!answer.ok) {
    throw trouble('session_unavailable', answer.status >= 500 || answer.status === 429);
  }
  return answer.json();
}

// Once per page: the module's one instance, and the style sheet. A failure may be tried again.
const once = (make) => {
  let made;
  return () =>
    (made ??= make().catch((error) => {
      made = undefined;
      throw error;
    }));
};

// Browsers remember modules that failed; the fragment makes the next try a module of its own.
let tries = 0;

// The files of this loader may be gone, because a newer version was deployed since it was loaded: the
// newest loader names the newest files. Who pinned the loader by its hash gets no other.
async function renew() {
  if (import.meta.url.includes('/assets/')) return;
  ASSETS = (await import(`${asset('v1.js')}?${Date.now()}`)).ASSETS;
}

const start = once(async () => {
  const module_or_path = fetch(asset(ASSETS.wasm), { integrity: ASSETS.wasmIntegrity });
  module_or_path.catch(() => {});
  const glue = await import(asset(ASSETS.glue) + (tries++ ? `#${tries}` : ''));
  await glue.default({ module_or_path });
  return glue;
});

const style = once(async () => {
  const answer = await fetch(asset(ASSETS.css), { integrity: ASSETS.cssIntegrity });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(await answer.text());
  return sheet;
});

// A language's file as text: at once if it is here, else a promise; nothing if there is none. English
// is in the widget.
const texts = { en: '' };

function words(lang) {
  const name = lang.split('-')[0].toLowerCase();
  const address = ASSETS.words[name];
  if (texts[name] != null || !address) return texts[name];
  return fetch(asset(address)).then(async (answer) => {
    if (answer.ok) return (texts[name] = await answer.text());
  });
}

// Plain elements only: a host page may require Trusted Types, and `style` as an attribute is refused
// by strict policies.
function make(tag, styles, ...kids) {
  const element = document.createElement(tag);
  Object.assign(element.style, styles);
  element.append(...kids);
  return element;
}

// What is on the screen until the widget draws.
function skeleton() {
  const bones = [210, 210, 210, 210, 362, 362].map((height, place) =>
    make('div', {
      height: `${height}px`,
      flex: `1 1 ${place < 4 ? '200px' : '40%'}`,
      borderRadius: '12px',
      background: 'color-mix(in srgb, currentcolor 6%, transparent)',
    }),
  );
  const box = make('div', { display: 'flex', flexWrap: 'wrap', gap: '16px', paddingTop: '68px' }, ...bones);
  box.role = 'status';
  box.ariaLabel = 'Loading dashboard';
  return box;
}

// What is said when nothing can be drawn: in the page's own words (`slot=failed`, `slot=retry`), else in
// the language that `spoken` promises, else in English.
function failure(retry, spoken, text = 'This could not be loaded') {
  const say = (name, text) => Object.assign(make('slot', 0, text), { name });
  const words = [say('failed', text), say('retry', 'Try again')];
  const button = make('button', { font: 'inherit', padding: '8px' }, words[1]);
  button.onclick = retry;
  const box = make('div', { padding: '48px', textAlign: 'center' }, make('p', 0, words[0]), button);
  box.role = 'alert';
  spoken.then((known) => {
    for (const word of words) word.textContent = JSON.parse(known)[word.textContent];
  }).catch(() => {});
  return box;
}

// The words of the element's language: its own, the session's, or the page's.
const speak = (element, session) =>
  session.token()
    .then((token) => claims(token).lang, () => {})
    .then((lang) => words(element.lang || lang || document.documentElement.lang))
    .catch(() => {});

// Draws in the page itself.
function inline(element, root, session) {
  const base = make('div');
  base.part = base.className = 'base';
  let waiting;
  let timer;
  // Milliseconds, twice as many after each failure.
  let wake = 1000;
  const wait = (box) => root.replaceChildren((waiting = box), base);
  wait(skeleton());

  const get = (url, token, init) => {
    const headers = { ...init?.headers, Authorization: `Bearer ${token}` };
    if (session.embedder) headers['Inlay-Embedder'] = session.embedder;
    return fetch(url, { ...init, headers, credentials: 'omit' });
  };
  // Where something is asked for, as everything is chosen.
  const address = (path, more) => {
    const { dashboard, timezone: zone } = element.settings;
    const url = new URL(path, BASE);
    const query = { ...element.wish, dashboard: dashboard ?? '', zone, ...more };
    for (const name of PARAMETERS) {
      const value = query[name];
      const text = typeof value === 'object' && value ? value[0] && JSON.stringify(value) : value;
      if (text) url.searchParams.set(name, text);
    }
    return url;
  };
  const it = {
    stop() {
      it.over = true;
      clearTimeout(timer);
    },
  };
  const begin = () => {
    if (it.over) return;
    const asked = address('v1/embed/view').href;
    const ask = async () => {
      const token = await session.token();
      return [token, await get(asked, token)];
    };
    const first = ask();
    first.catch(() => {});
    // The words are here before the first line is drawn, if they can be had.
    const spoken = speak(element, session);
    Promise.all([start(), style(), spoken]).then(
      ([glue, sheet]) => {
        root.adoptedStyleSheets = [sheet];
        const drawn = () => waiting.remove();
        const tools = { ASSETS, BASE, address, asked, asset, drawn, first, get, words };
        if (!it.over) it.view = glue.attach(element, root, base, session, tools);
      },
      () => {
        if (it.over) return;
        element.emit('error', { code: 'widget_unavailable', retryable: true });
        const again = () => {
          clearTimeout(timer);
          renew().then(begin, begin);
        };
        timer = setTimeout(again, (wake += wake));
        wait(failure(again, spoken));
      },
    );
  };
  begin();
  return it;
}

// A session's token says who it is for: no secret, and the page's own.
function claims(token) {
  const payload = token.split('.')[1].replaceAll('-', '+').replaceAll('_', '/');
  return JSON.parse(atob(payload));
}

// Frames and windows are a file of their own: most pages need neither.
const apart = (name) => (element, root, session) => {
  const it = {
    stop() {
      it.over = true;
    },
  };
  const begin = () =>
    import(asset(ASSETS.remote)).then((remote) => {
      if (!it.over) it.view = remote[name](element, root, session, kit);
    }).catch(({ code }) => {
      element.emit('error', { code: code ?? 'widget_unavailable', retryable: !code });
      if (!it.over) root.replaceChildren(failure(begin, speak(element, session)));
    });
  begin();
  return it;
};

// Nothing is fetched before the place of the dashboard comes near to what is seen.
function asleep(root, begin) {
  const bones = skeleton();
  const eye = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && begin(), { rootMargin: '400px' });
  root.replaceChildren(bones);
  eye.observe(bones);
  return { stop: () => eye.disconnect() };
}

const kit = { BASE, claims, failure, make, skeleton, speak, trouble };
// What of a wish the server is told.
const PARAMETERS = ['dashboard', 'panel', 'range', 'from', 'to', 'compare', 'grain', 'zone', 'filters', 'marks'];
const MODES = { frame: apart('framed'), window: apart('windowed') };
const ATTRIBUTES = ['dashboard', 'theme', 'lang', 'timezone'];

export class InlayDashboard extends HTMLElement {
  static observedAttributes = [...ATTRIBUTES, 'session', 'mode', 'href', 'loading'];

  #root = this.attachShadow({ mode: 'open' });
  #view;
  #session;
  #source;
  #queued = false;
  #near = false;
  #tell = (life) => this.emit('token', { expires_in: life });

  // What the viewer or the host chose; it survives being detached.
  wish = {};

  // Another source of sessions than the attribute: our own page inside a frame sets it.
  set source(session) {
    this.#source = session;
  }

  get settings() {
    return Object.fromEntries(ATTRIBUTES.map((name) => [name, this.getAttribute(name)]));
  }

  emit(type, detail) {
    if (type === 'filter') this.wish = detail;
    this.dispatchEvent(new CustomEvent(`inlay-${type}`, { detail, bubbles: true, composed: true }));
  }

  connectedCallback() {
    if (!this.#view) this.#start();
  }

  // A move in the document is a detach and an attach at once, and disturbs nothing.
  disconnectedCallback() {
    queueMicrotask(() => this.isConnected || this.#stop());
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#view) return;
    if (['theme', 'lang', 'timezone'].includes(name)) this.#view.view?.attributes(this.settings);
    else if (!this.#queued) {
      this.#queued = true;
      queueMicrotask(() => {
        this.#queued = false;
        if (!this.#view) return;
        this.#stop();
        if (this.isConnected) this.#start();
      });
    }
  }

  #start() {
    if (this.getAttribute('loading') === 'lazy' && !this.#near) {
      this.#view = asleep(this.#root, () => {
        this.#near = true;
        this.#stop();
        this.#start();
      });
      return;
    }
    try {
      this.#session = this.#source ?? sessionAt(this.getAttribute('session') ?? '');
      this.#session.add(this.#tell);
      const mode = MODES[this.getAttribute('mode')] ?? inline;
      this.#view = mode(this, this.#root, this.#session);
    } catch (error) {
      this.#stop();
      // Whoever made the element has had no time to listen yet.
      queueMicrotask(() => this.emit('error', { code: error.code ?? 'misconfigured', retryable: false }));
      throw error;
    }
  }

  #stop() {
    this.#view?.stop();
    this.#view?.view?.stop();
    this.#view = undefined;
    this.#root.replaceChildren();
    this.#session?.remove(this.#tell);
    this.#session = undefined;
  }

  // A range by name, or `{from, to}` with `compare` and `grain`; none is the dashboard's own.
  setRange(range) {
    const { range: _, from, to, ...rest } = this.wish;
    this.choose({ ...rest, ...(typeof range === 'string' ? { range } : range) });
  }

  setFilters(filters) {
    this.choose({ ...this.wish, filters });
  }

  // Everything at once, in the shape of `inlay-filter`. What is none throws, and changes nothing.
  choose(wish) {
    this.#view?.view?.call('choose', wish);
    this.wish = wish;
  }

  refresh() {
    this.#view?.view?.call('refresh');
  }

  // Saves a panel as `csv`, `png` or `svg`, where the session allows it.
  async exportPanel(panel, format = 'csv') {
    await (this.#view?.view?.save(panel, format) ?? Promise.reject(trouble('not_ready', true)));
  }
}

// Being loaded twice is no error.
if (!customElements.get('inlay-dashboard')) customElements.define('inlay-dashboard', InlayDashboard);
