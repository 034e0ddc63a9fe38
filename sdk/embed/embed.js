// Loads the script of a deployment, once for each, and makes elements. The widget itself is not in this
// package: it always comes from the deployment, so the two never drift apart.

const loads = new Map();

// Pages that require Trusted Types let the address of a script through by this name alone.
let policy;

function trusted(src) {
  policy ??= globalThis.trustedTypes?.createPolicy('inlay-embed', { createScriptURL: (url) => url });
  return policy?.createScriptURL(src) ?? src;
}

export function load(base, { integrity, nonce } = {}) {
  const src = new URL('/v1.js', base).href;
  if (!loads.has(src)) {
    const script = document.createElement('script');
    Object.assign(script, { type: 'module', src: trusted(src), crossOrigin: 'anonymous' });
    if (integrity) script.integrity = integrity;
    if (nonce) script.nonce = nonce;
    const loaded = new Promise((resolve, reject) => {
      script.onload = () => resolve(customElements.whenDefined('inlay-dashboard').then(() => {}));
      script.onerror = () => {
        // The next call may have more luck.
        loads.delete(src);
        script.remove();
        reject(new Error(`${src} could not be loaded`));
      };
    });
    loads.set(src, loaded);
    document.head.append(script);
  }
  return loads.get(src);
}

const ATTRIBUTES = ['dashboard', 'session', 'mode', 'href', 'theme', 'lang', 'timezone', 'loading'];

export function attributes(options) {
  return Object.fromEntries(ATTRIBUTES.map((name) => [name, options[name]]));
}

export function configure(element, options) {
  for (const [name, value] of Object.entries(attributes(options))) {
    if (value == null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

export function create(options) {
  const element = document.createElement('inlay-dashboard');
  configure(element, options);
  return element;
}
