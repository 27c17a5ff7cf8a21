// The pictogram as text for the page; icon.svg beside it is the same for people and design tools.
export const iconSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M9 20h13"/><path d="M8 13L18 3l4 5-10 9z"/><path d="M20 9v10"/><rect x="5" y="14" width="3" height="3" fill="currentColor" stroke="none"/><rect x="1" y="16" width="3" height="3" fill="currentColor" stroke="none"/><rect x="4" y="19.5" width="3" height="3" fill="currentColor" stroke="none"/></svg>';
