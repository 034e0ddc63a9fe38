// Between the loader's element and the widget. It goes into one file with the script that wasm-bindgen
// makes, whose `mount` it calls: the loader is small, and all of this is needed no sooner than that.

// Mounts a dashboard into `base`, and gives the loader what it calls. `tools` are the loader's own.
export function attach(element, root, base, session, tools) {
  const { ASSETS, BASE, address, asked, asset, drawn, first, get, words } = tools;
  let handle;
  // What the parts get that are brought when they are used first.
  const own = {
    element,
    root,
    address,
    get handle() {
      return handle;
    },
    // A token that is refused is renewed once.
    async fetch(url, init) {
      const token = await session.token();
      const answer = await get(url, token, init);
      return answer.status === 401 ? get(url, await session.token(token), init) : answer;
    },
    tools: () => import(asset(ASSETS.tools)),
  };
  const more = async (name, ...given) => (await import(asset(ASSETS.more)))[name](own, ...given);
  const quietly = (...given) => more(...given).catch(() => {});
  handle = mount(base, {
    base: BASE.href,
    session,
    embedder: session.embedder,
    dashboard: element.getAttribute('dashboard') ?? '',
    lang: element.getAttribute('lang'),
    zone: element.getAttribute('timezone'),
    get wish() {
      return JSON.stringify(element.wish);
    },
    // The first answer is of no use if something else would be asked for by now.
    get first() {
      return address('v1/embed/view').href === asked ? first : undefined;
    },
    token: (refused, hurry) => session.token(refused, hurry),
    emit(name, detail) {
      element.emit(name, JSON.parse(detail));
      const { filters, marks } = element.wish;
      // What is chosen is said above the panels.
      if (name === 'filter' || (name === 'ready' && (filters?.length || marks?.length))) quietly('chips');
    },
    drawn,
    words,
    more: quietly,
  });
  return {
    call: (method, given) => handle[method](given && JSON.stringify(given)),
    save: (...given) => more('save', ...given),
    attributes: ({ lang, timezone }) => handle.setAttributes(lang, timezone),
    stop: () => handle.unmount(),
  };
}
