// The pictogram as text for the page; icon.svg beside it is the same for people and design tools.
export const iconSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="M2 21h20"/><path d="M3 21a3 3 0 0 1 6 0"/><path d="M9 21a3 3 0 0 1 6 0"/><path d="M15 21a3 3 0 0 1 6 0"/><path d="M12 2v11"/><path d="M7.2 4.8l9.6 5.4"/><path d="M16.8 4.8l-9.6 5.4"/></svg>';
