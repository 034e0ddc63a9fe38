// The tracker: tells Inlay what happens on a page, without cookies, without storage, and without anything that
// would know a person again tomorrow. It is on pages of other people, so it is small and keeps to itself.
//
//   <script defer src="https://analytics.example/t.js" data-key="pk_…"></script>
//
// Events wait for a second and go together. The server takes an event once however often it comes (its id is made
// here), so whatever has no answer is sent again. When the page is left, the rest goes by `sendBeacon`.

// Events that wait at most; the oldest go first.
const MOST = 200;
// Events a request; with all their texts they stay below the 64 KB that a browser lets a dying page send.
const BATCH = 20;
const SOON = 1000;
// Tries in a row before it waits for something new to happen.
const TRIES = 7;

/** Starts counting, and gives what names events: `track(name, properties)`. */
export const start = ({ key, url }) => {
  if (navigator.doNotTrack === '1' || navigator.globalPrivacyControl) return { track() {} };
  const endpoint = new URL('/v1/collect', url).href;
  const now = () => Math.round(performance.now());
  let waiting = [];
  let underWay = [];
  let failures = 0;
  let timer;
  let page;
  let since;
  let seen = 0;

  const plan = (ms) => (timer ??= setTimeout(send, ms));

  const add = (name, more) => {
    waiting.push({ id: crypto.randomUUID(), name, at: now(), page, ...more });
    waiting = waiting.slice(-MOST);
    plan(SOON);
  };

  // An event's age, not its time: the clock of a viewer may be wrong.
  const write = (events) =>
    JSON.stringify({
      key,
      automated: navigator.webdriver || undefined,
      events: events.map(({ at, ...event }) => ({ ...event, age_ms: now() - at })),
    });

  const send = async () => {
    timer = clearTimeout(timer);
    if (underWay.length || !waiting.length) return;
    underWay = waiting.splice(0, BATCH);
    let again = true;
    try {
      // A text needs no preflight.
      const { status } = await fetch(endpoint, {
        method: 'POST',
        body: write(underWay),
        keepalive: true,
        credentials: 'omit',
      });
      again = status === 429 || status > 499;
    } catch {}
    failures = again ? failures + 1 : 0;
    if (again) waiting = [...underWay, ...waiting].slice(-MOST);
    underWay = [];
    if (waiting.length && failures < TRIES) {
      plan(again ? 2 ** failures * SOON * (1 - Math.random() / 2) : SOON);
    }
  };

  const view = (more) => {
    page = location.pathname.slice(0, 2048);
    since = document.hidden ? undefined : now();
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (/^utm_(source|medium|campaign|term|content)$/.test(name)) more[name] = value.slice(0, 256);
    }
    add('page.viewed', more);
  };

  // How long the page was in sight.
  const left = () => {
    if (since !== undefined) seen += now() - since;
    since = undefined;
    if (seen >= SOON) add('page.left', { duration_ms: seen });
    seen = 0;
  };

  const hide = () => {
    left();
    while (waiting.length) {
      const batch = waiting.splice(0, BATCH);
      if (!navigator.sendBeacon(endpoint, write(batch))) {
        waiting.unshift(...batch);
        return send();
      }
    }
  };

  const moved = () => {
    if (location.pathname.slice(0, 2048) === page) return;
    left();
    view({});
  };

  // A marked element names its event and its properties: `data-inlay-event`, `data-inlay-plan`. A link to elsewhere
  // tells where it leads, without what may be private in its query.
  const clicked = ({ type, button, target }) => {
    if (type === 'auxclick' && button !== 1) return;
    const marked = target.closest?.('[data-inlay-event]');
    if (marked) {
      const properties = {};
      for (const [name, value] of Object.entries(marked.dataset)) {
        if (/^inlay[A-Z]/.test(name) && name !== 'inlayEvent') {
          properties[name[5].toLowerCase() + name.slice(6)] = value;
        }
      }
      return add(marked.dataset.inlayEvent, { properties });
    }
    const link = target.closest?.('a[href]');
    if (/^http/.test(link?.protocol) && link.host !== location.host) {
      add('link.clicked', { properties: { url: link.origin + link.pathname } });
    }
  };

  const begin = () => {
    const from = document.referrer && new URL(document.referrer).host;
    view(from && from !== location.host ? { referrer: from } : {});
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) hide();
      else since ??= now();
    });
    addEventListener('pagehide', hide);
    addEventListener('pageshow', ({ persisted }) => persisted && view({}));
    addEventListener('popstate', moved);
    for (const type of ['click', 'auxclick']) document.addEventListener(type, clicked, true);
    const { pushState } = history;
    history.pushState = function (...state) {
      pushState.apply(this, state);
      moved();
    };
  };
  // A page that the browser loads ahead may never be seen.
  if (document.prerendering) document.addEventListener('prerenderingchange', begin, { once: true });
  else begin();

  return { track: (name, properties) => add(name, { properties }) };
};
