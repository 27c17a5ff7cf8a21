// The pictogram as text for the page; icon.svg beside it is the same for people and design tools.
export const iconSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M2 20h9"/><circle cx="5" cy="20" r="1.6" fill="currentColor"/><path d="M4 15L14 3l6 5-7 8"/><path d="M4 15l5 3"/><rect x="17" y="11" width="2" height="2"/><rect x="14" y="16" width="2" height="2"/><rect x="19" y="18" width="2.5" height="2.5"/></svg>';
