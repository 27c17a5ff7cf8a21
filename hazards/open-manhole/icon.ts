// The pictogram as text for the page; icon.svg beside it is the same for people and design tools.
export const iconSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><circle cx="9" cy="15" r="7"/><path d="M9 11.5v4"/><path d="M9 18.5v.01"/><circle cx="19" cy="5" r="3.5" fill="currentColor"/></svg>';
