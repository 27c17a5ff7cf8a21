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

/** Shades of grey alone, for those to whom hues say nothing: severities are told by their outlines and words. */
export const grey: Record<Token, string> = {
  ...dark,
  bg0: '#0D0D0D',
  bg1: '#191919',
  bg2: '#262626',
  line: '#3A3A3A',
  edge: '#7C7C7C',
  text: '#EBEBEB',
  neutral: '#D3D3D3',
  mute: '#949494',
  critical: '#FFFFFF',
  high: '#E0E0E0',
  watch: '#B4B4B4',
  on: '#0D0D0D',
};

export type Theme = 'dark' | 'day' | 'grey';

/** The tokens of a theme. */
export const tokensOf = (theme: Theme): Record<Token, string> => ({ dark, day, grey })[theme];

/** Writes the theme's colours to the page as custom properties. */
export function paintTheme(theme: Theme, root: HTMLElement): void {
  for (const [name, value] of Object.entries(tokensOf(theme))) root.style.setProperty(`--${name}`, value);
  root.style.setProperty('color-scheme', theme === 'day' ? 'light' : 'dark');
  root.dataset['theme'] = theme;
}

/** The colour token of a severity. */
export const severityToken = { S4: 'critical', S3: 'high', S2: 'watch', S1: 'neutral' } as const;
