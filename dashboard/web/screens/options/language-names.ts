// Each language by its own name, as whoever looks for it reads it.
import type { Language } from '#core/hazard-name';

export const languageNames: Readonly<Record<Language, string>> = { kk: 'Қазақша', ru: 'Русский', en: 'English' };
