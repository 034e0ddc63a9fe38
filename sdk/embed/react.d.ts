import type { ForwardRefExoticComponent, HTMLAttributes, RefAttributes } from 'react';
import type {
  DashboardChoice,
  DashboardError,
  DashboardEvents,
  DashboardOptions,
  DashboardSelection,
  InlayDashboardElement,
} from './embed.js';

/** Attributes of the element, callbacks of its events, and what any element of React takes. */
export interface InlayDashboardProps
  extends DashboardOptions,
    Omit<HTMLAttributes<InlayDashboardElement>, keyof DashboardOptions | 'onError' | 'onSelect'> {
  /** The deployment whose script is loaded. Left out where the page has the script already. */
  base?: string | URL;
  /** Pins the script. */
  integrity?: string;
  /** For pages whose policy names one. */
  nonce?: string;
  onReady?: (detail: unknown, event: DashboardEvents['inlay-ready']) => void;
  /** `event` is missing where the script itself could not be loaded (`loader_unavailable`). */
  onError?: (detail: DashboardError, event?: DashboardEvents['inlay-error']) => void;
  onFilter?: (detail: DashboardChoice, event: DashboardEvents['inlay-filter']) => void;
  onSelect?: (detail: DashboardSelection, event: DashboardEvents['inlay-select']) => void;
  onToken?: (detail: { expires_in: number }, event: DashboardEvents['inlay-token']) => void;
}

/** `<inlay-dashboard>` for React 18 and 19. Its ref is the element, with all its methods. */
export declare const InlayDashboard: ForwardRefExoticComponent<
  InlayDashboardProps & RefAttributes<InlayDashboardElement>
>;
