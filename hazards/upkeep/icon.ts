// The pictogram as text for the page; icon.svg beside it is the same for people and design tools.
export const iconSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M20.5 6.5l-4 3.5-3-3 3.5-4a6 6 0 0 0-8 7.5L2.5 17a2.8 2.8 0 0 0 4 4l6.5-6.5a6 6 0 0 0 7.5-8z"/></svg>';
