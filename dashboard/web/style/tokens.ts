// The colours of both themes (screens 3.2): the only place where a colour is written. A test computes contrast and distance from here.

export const dark = {
  bg0: '#0B0F14',
  bg1: '#121821',
  bg2: '#1B2430',
  line: '#2C3846',
  edge: '#6E7B8A',
  text: '#E6EBF1',
  neutral: '#CBD3DB',
  mute: '#8793A1',
  critical: '#FF4F5E',
  high: '#FFD60A',
  watch: '#5AA9FF',
  on: '#0B0F14',
} as const;

export type Token = keyof typeof dark;

/** Phone in sunlight. `on` is the text on a filled shape. */
export const day: Record<Token, string> = {
  bg0: '#F3F5F7',
  bg1: '#FFFFFF',
  bg2: '#FFFFFF',
  line: '#C9D1DA',
  edge: '#6B7683',
  text: '#10161D',
  neutral: '#4A5563',
  mute: '#4A5563',
  critical: '#B3261E',
  high: '#8A5A00',
  watch: '#0B5CAD',
  on: '#FFFFFF',
};

export type Theme = 'dark' | 'day';

/** The tokens of a theme. */
export const tokensOf = (theme: Theme): Record<Token, string> => (theme === 'day' ? day : dark);

/** Writes the theme's colours to the page as custom properties. */
export function paintTheme(theme: Theme, root: HTMLElement): void {
  for (const [name, value] of Object.entries(tokensOf(theme))) root.style.setProperty(`--${name}`, value);
  root.style.setProperty('color-scheme', theme === 'day' ? 'light' : 'dark');
  root.dataset['theme'] = theme;
}

/** The colour token of a severity. */
export const severityToken = { S4: 'critical', S3: 'high', S2: 'watch', S1: 'neutral' } as const;
