// The host's side of a dashboard that does not run in the page itself but in a frame of ours, or in a
// window under the tenant's own host name. The loader fetches this file where it is needed, and hands
// over the tools that both use.

const ENDED = 'Your session has ended';

// The host's side of a frame or of a window: answers our page there, and nobody else. `knows` says
// whether a message's source is that very frame or window.
function remote(element, session, origin, knows, { trouble }, grow) {
  let port;
  const say = (message) => port?.postMessage(message);
  const share = async (refused) => {
    try {
      say({ session: await session.share(refused) });
    } catch ({ code, retryable }) {
      say({ failed: { code, retryable } });
    }
  };
  // Calls that wait for their end.
  const calls = [];
  const hear = ({ data }) => {
    if (data.done) {
      const { id, code } = data.done;
      if (calls[id]) calls[id][code ? 'reject' : 'resolve'](code && trouble(code, false));
      else if (code) element.emit('error', { code, retryable: false });
    }
    if (data.need === 'session') share(data.refused);
    if (data.event) element.emit(data.event.type, data.event.detail);
    if (data.height > 0) grow?.(data.height);
  };
  const greet = (event) => {
    if (event.origin !== origin || event.data?.inlay !== 'hello' || !knows(event.source)) return;
    const channel = new MessageChannel();
    port?.close();
    port = channel.port1;
    port.onmessage = hear;
    const { dashboard, ...attributes } = element.settings;
    const greeting = { inlay: 'port', dashboard, attributes, wish: element.wish };
    event.source.postMessage(greeting, event.origin, [channel.port2]);
  };
  addEventListener('message', greet);
  return {
    call: (method, ...given) => say({ call: { method, given } }),
    save: (...given) =>
      new Promise((resolve, reject) => {
        if (!port) reject(trouble('not_ready', true));
        const id = calls.push({ resolve, reject }) - 1;
        say({ call: { id, method: 'exportPanel', given } });
      }),
    attributes: (attributes) => say({ attributes }),
    stop() {
      removeEventListener('message', greet);
      port?.close();
    },
  };
}

// The tenant's slug is no secret; the server needs it to say who may frame the page.
export function framed(element, root, session, kit) {
  const { BASE, claims, failure, make, skeleton, speak, trouble } = kit;
  if (BASE.origin === location.origin) throw trouble('frame_origin', false);
  let over = false;
  const frame = make('iframe', { display: 'block', width: '100%', border: '0', height: '480px' });
  Object.assign(frame, {
    sandbox: 'allow-scripts allow-same-origin allow-downloads',
    title: element.title || 'Dashboard',
    referrerPolicy: 'strict-origin',
    loading: 'lazy',
    part: 'frame',
  });
  const knows = (source) => source === frame.contentWindow;
  const grow = (height) => {
    frame.style.height = `${height}px`;
  };
  const link = remote(element, session, BASE.origin, knows, kit, grow);
  const begin = async () => {
    root.replaceChildren(skeleton());
    try {
      const token = await session.token(undefined, true);
      if (over) return;
      const url = new URL(`embed/${encodeURIComponent(element.settings.dashboard ?? '')}`, BASE);
      url.searchParams.set('tenant', claims(token).tid);
      frame.src = url;
      root.replaceChildren(frame);
    } catch ({ code = 'session_invalid', retryable = false }) {
      element.emit('error', { code, retryable });
      const text = code === 'session_expired' ? ENDED : undefined;
      if (!over) root.replaceChildren(failure(begin, speak(element, session), text));
    }
  };
  begin();
  return {
    ...link,
    stop() {
      over = true;
      link.stop();
    },
  };
}

export function windowed(element, root, session, kit) {
  const { make } = kit;
  const href = new URL(element.getAttribute('href') ?? '', document.baseURI).href;
  const opened = new WeakSet();
  const link = make('a', 0, document.createElement('slot'));
  Object.assign(link, { href, target: '_blank', rel: 'opener', part: 'link' });
  // Opened by hand, so that its messages can be told from those of any other window.
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const page = open(href, '_blank');
    if (page) opened.add(page);
  };
  root.replaceChildren(link);
  return remote(element, session, new URL(href).origin, (source) => opened.has(source), kit);
}
