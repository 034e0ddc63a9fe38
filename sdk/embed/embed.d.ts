/** Which dashboard is shown, and how. The names are the element's attributes. */
export interface DashboardOptions {
  /** The dashboard's name. */
  dashboard: string;
  /** A path of the page's own origin that answers a POST with a session. */
  session: string;
  /** In the page itself (default), in a frame, or in a window under the tenant's own host name. */
  mode?: 'inline' | 'frame' | 'window';
  /** The address that `mode: 'window'` opens. */
  href?: string;
  /** Which colours; `auto` follows the viewer's system. */
  theme?: 'auto' | 'light' | 'dark';
  /** A BCP 47 tag. Without one the session's language counts, then the page's. */
  lang?: string;
  /** An IANA zone. Without one the session's zone counts. */
  timezone?: string;
  /** `lazy`: nothing is fetched until its place comes near to what is seen. */
  loading?: 'eager' | 'lazy';
}

/** A value that a dimension may have. */
export type Value = string | number | boolean | null;

/** A condition, as the query API takes it. */
export type Filter =
  | { dimension: string; op: string; values?: Value[] }
  | { and: Filter[] }
  | { or: Filter[] }
  | { not: Filter };

/** What `inlay-error` says. `message` is English and for developers. */
export interface DashboardError {
  code: string;
  message?: string;
  retryable: boolean;
}

/** Days between two ends; `to` is not in it. */
export interface DashboardRange {
  from: string;
  to: string;
  /** What it is compared with, such as `previous_period`. */
  compare?: string;
  grain?: string;
}

/** What is in force after the viewer or the page chose. */
export interface DashboardChoice extends Partial<DashboardRange> {
  range?: string;
  filters?: Filter[];
}

/** What was picked: a group of a dimension, or a moment. */
export interface DashboardSelection {
  panel: string;
  dimension?: string;
  value?: Value;
  /** Milliseconds since 1970. */
  time?: number;
}

/** The events of the element, and the `detail` of each. */
export interface DashboardEvents {
  'inlay-ready': CustomEvent<unknown>;
  'inlay-error': CustomEvent<DashboardError>;
  'inlay-filter': CustomEvent<DashboardChoice>;
  'inlay-select': CustomEvent<DashboardSelection>;
  'inlay-token': CustomEvent<{ expires_in: number }>;
}

/** `<inlay-dashboard>`, the same in every mode. */
export interface InlayDashboardElement extends HTMLElement {
  /** Shows another range, by name (`7d`) or between two ends; without one the dashboard's own. */
  setRange(range?: string | DashboardRange): void;
  /** Narrows by other conditions. Needs the capability `filter`. */
  setFilters(filters: Filter[]): void;
  /** Asks for the numbers now. */
  refresh(): void;
  /** Saves a panel as a file. Fails with a `code` where the token does not allow it. */
  exportPanel(panel: string, format?: 'csv' | 'png' | 'svg'): Promise<void>;
  addEventListener<K extends keyof DashboardEvents>(
    type: K,
    listener: (this: InlayDashboardElement, event: DashboardEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'inlay-dashboard': InlayDashboardElement;
  }
}

/** How the script tag is written. */
export interface LoadOptions {
  /** Pins the script; `base` then is the address of its hashed copy's deployment. */
  integrity?: string;
  /** For pages whose policy names one. */
  nonce?: string;
}

/** Loads `/v1.js` of the deployment at `base`, once a page. Ends when the element is defined. */
export declare function load(base: string | URL, options?: LoadOptions): Promise<void>;

/** Makes an element that is not attached yet. */
export declare function create(options: DashboardOptions): InlayDashboardElement;

/** Sets an element's attributes; those that are not named are taken away. */
export declare function configure(element: Element, options: DashboardOptions): void;

/** What of these options are attributes, each by its name, also where it is not given. */
export declare function attributes(options: DashboardOptions): Record<keyof DashboardOptions, string | undefined>;
