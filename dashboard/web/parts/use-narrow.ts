// Is the window as narrow as a phone's? Screens that cannot stand side by side there become pages of their own.
import { useSyncExternalStore } from 'react';

/** The widest window that is narrow, pixels; the same stands in the style sheets. */
const narrowPx = 800;

const query = matchMedia(`(max-width: ${narrowPx}px)`);
const subscribe = (told: () => void): (() => void) => {
  query.addEventListener('change', told);
  return () => query.removeEventListener('change', told);
};

/** True while the window is narrow; told anew when it is turned or resized. */
export const useNarrow = (): boolean => useSyncExternalStore(subscribe, () => query.matches);
