// Names of districts in the screens' texts.
export const districts = ['almaty', 'baiqonyr', 'esil', 'nura', 'saraishyq', 'saryarqa'] as const;

/** The key of a district's name; another city's districts are shown under the general word. */
export const districtKey = (id: string): (typeof districts)[number] | 'other' =>
  districts.find((one) => one === id) ?? 'other';
