/** Where events go, and with which right. */
export interface Options {
  /** The public key of the site, `pk_…`. It is no secret. */
  key: string;
  /** Any address of the Inlay deployment, such as `https://analytics.example`. */
  url: string;
}

/** What an event may say beside its name: flat, at most 64 names. */
export type Properties = Record<string, string | number | boolean>;

/** Counts while the page lives. */
export interface Tracker {
  /** Tells that something happened. Does nothing for who asked not to be counted. */
  track(name: string, properties?: Properties): void;
}

/**
 * Starts counting page views, navigation, clicks on marked elements and outbound links, and how long a page is in
 * sight. Call it once a page. With Do Not Track or Global Privacy Control nothing is counted and nothing is sent.
 */
export declare const start: (options: Options) => Tracker;
