// The page's words. Keys are the English text; {name} stands for a value.
import { vi } from './vi.js';

let current = 'vi';
const listeners = new Set();

export function language() {
  return current;
}

export function setLanguage(name) {
  current = name === 'en' ? 'en' : 'vi';
  for (const f of listeners) f();
}

// Calls f now and at every change of language. Long-lived parts of the page only.
export function words(f) {
  listeners.add(f);
  f();
}

export function tr(key, values) {
  let s = current === 'vi' ? vi[key] ?? key : key;
  if (values) s = s.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all));
  return s;
}

// Numbers as people here write them: "3,45" in Vietnamese.
export function num(value, digits = 0) {
  return value.toLocaleString(current === 'vi' ? 'vi-VN' : 'en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

// A button to the other language; the choice is remembered.
export function languageButton() {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'language';
  button.addEventListener('click', () => {
    setLanguage(current === 'vi' ? 'en' : 'vi');
    localStorage.setItem('caukham.language', current);
  });
  words(() => { button.textContent = current === 'vi' ? 'English' : 'Tiếng Việt'; });
  return button;
}

// Binds the text (or an attribute) of an element to a key, through changes of language.
export function say(element, key, attribute = null, values = undefined) {
  words(() => {
    const s = tr(key, typeof values === 'function' ? values() : values);
    if (attribute) element.setAttribute(attribute, s);
    else element.textContent = s;
  });
  return element;
}
