import DOMPurify from 'dompurify';

const common = {
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

const text = {
  ...common,
  ALLOWED_TAGS:
    'p br hr h1 h2 h3 h4 h5 h6 strong em del sup code pre blockquote ul ol li a table thead tbody tr th td'.split(' '),
  ALLOWED_ATTR: ['href', 'class', 'align', 'start', 'data-part', 'data-note'],
  // Attributes that are no addresses.
  ADD_URI_SAFE_ATTR: ['align', 'start', 'data-part', 'data-note'],
  ALLOWED_URI_REGEXP: /^(?:https?:\/\/|mailto:)/i,
};

const formula = {
  ...common,
  ALLOWED_TAGS: ['span', 'svg', 'path', 'line'],
  ALLOWED_ATTR: 'class data-style width height viewbox preserveaspectratio d x1 x2 y1 y2 stroke-width'.split(' '),
  ADD_URI_SAFE_ATTR: 'data-style width height viewbox preserveaspectratio d x1 x2 y1 y2 stroke-width'.split(' '),
  ALLOWED_URI_REGEXP: /^$/,
};

/** Nodes that hold nothing but the tags and attributes above; links open a tab of their own. */
export const cleanText = (html: string): DocumentFragment => {
  const fragment = DOMPurify.sanitize(html, text);
  for (const link of fragment.querySelectorAll('a')) {
    link.rel = 'noopener noreferrer';
    link.target = '_blank';
  }
  return fragment;
};

const declaration = /^\s*([a-z-]+)\s*:\s*(.+?)\s*$/;
const lengthValue = /^-?\d*\.?\d+(?:em|ex|px|%)?$/;
const colourValue = /^(?:#[\da-f]{3,8}|[a-z]{3,20})$/i;
const lengths = new Set(
  'height width min-width top bottom left vertical-align margin-left margin-right margin-top padding-left border-width border-bottom-width border-top-width border-right-width'.split(
    ' ',
  ),
);
const colours = new Set(['color', 'border-color', 'background-color']);

/** The page's policy refuses styles in HTML; those a formula needs are set one by one. */
const setStyles = (element: HTMLElement | SVGElement): void => {
  for (const part of (element.dataset.style ?? '').split(';')) {
    const [, name = '', value = ''] = declaration.exec(part) ?? [];
    const isSafe =
      (lengths.has(name) && lengthValue.test(value)) ||
      (colours.has(name) && colourValue.test(value)) ||
      (name === 'position' && value === 'relative') ||
      (name === 'border-style' && value === 'solid');
    if (isSafe) element.style.setProperty(name, value);
  }
  delete element.dataset.style;
};

export const cleanFormula = (html: string): DocumentFragment => {
  const fragment = DOMPurify.sanitize(html, formula);
  for (const element of fragment.querySelectorAll<HTMLElement | SVGElement>('[data-style]')) setStyles(element);
  return fragment;
};
