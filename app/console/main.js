// Entry: the language, the link's secret (taken out of the address bar at once), and the page.
import { App } from './app.js';
import { setLanguage } from './i18n.js';

const kept = localStorage.getItem('caukham.language');
setLanguage(kept ?? (navigator.language?.startsWith('en') ? 'en' : 'vi'));

const secret = new URLSearchParams(location.hash.slice(1)).get('s');
if (location.hash) history.replaceState(null, '', location.pathname + location.search);

document.querySelector('#opening')?.remove();

const url = (location.protocol === 'http:' ? 'ws://' : 'wss://') + location.host + '/ws';
new App({ secret: secret ? secret.slice(0, 200) : null, url });
