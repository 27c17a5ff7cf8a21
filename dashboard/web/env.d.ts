/// <reference types="vite/client" />

// The Keyboard Map API of Chromium, which TypeScript's own description of browsers does not have.
interface Navigator {
  readonly keyboard?: { getLayoutMap?(): Promise<ReadonlyMap<string, string>> };
}
