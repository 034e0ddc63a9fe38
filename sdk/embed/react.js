// <InlayDashboard>: the element as a component of React 18 and 19. It is thin: props are the element's
// attributes, callbacks its events, and the ref is the element itself.

import { createElement, forwardRef, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react';
import { attributes, configure, load } from './embed.js';

const EVENTS = { onReady: 'ready', onError: 'error', onFilter: 'filter', onSelect: 'select', onToken: 'token' };

// There is no layout on a server, and React says so to who asks for it there.
const useAttached = typeof document === 'undefined' ? useEffect : useLayoutEffect;

function split(props) {
  const [own, rest] = [attributes(props), {}];
  for (const [name, value] of Object.entries(props)) {
    if (!(name in own) && !(name in EVENTS)) rest[name] = value;
  }
  return [own, rest];
}

export const InlayDashboard = forwardRef(function InlayDashboard(props, ref) {
  const { base, integrity, nonce, className, ...others } = props;
  const [own, rest] = split(others);
  const element = useRef(null);
  // Callbacks may change with each render; the listeners stay.
  const calls = useRef(props);
  // React writes the first attributes, on the server too, and leaves them alone from then on: React 19
  // would set `lang`, which is a property of each element, to the word "undefined" to take it away.
  const [first] = useState(() => Object.fromEntries(Object.entries(own).filter(([, value]) => value != null)));

  useImperativeHandle(ref, () => element.current, []);
  useAttached(() => {
    calls.current = props;
    configure(element.current, own);
  });
  useAttached(() => {
    const target = element.current;
    const hear = Object.entries(EVENTS).map(([prop, type]) => [
      `inlay-${type}`,
      // Of a dashboard within this one's own content nobody wants to hear here.
      (event) => event.target === target && calls.current[prop]?.(event.detail, event),
    ]);
    for (const [type, listener] of hear) target.addEventListener(type, listener);
    return () => {
      for (const [type, listener] of hear) target.removeEventListener(type, listener);
    };
  }, []);
  useEffect(() => {
    if (!base) return undefined;
    let gone = false;
    load(base, { integrity, nonce }).catch(({ message }) => {
      if (!gone) calls.current.onError?.({ code: 'loader_unavailable', message, retryable: true });
    });
    return () => {
      gone = true;
    };
  }, [base]);

  // `class` is what both versions write on elements of other people.
  return createElement('inlay-dashboard', { ...rest, ...first, class: className, ref: element });
});
