// Starts the pages: colours, texts, the session, then the screen.
import './style/fonts.css';
import './style/base.css';
import './style/desk.css';
import './style/screens.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { paintTheme } from './style/tokens.ts';

paintTheme('dark', document.documentElement);
const place = document.getElementById('root');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
