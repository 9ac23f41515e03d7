import { expect, test } from 'vitest';
import { htmlText } from './html-text.ts';

test.each([
  ['blocks', '<p>One</p><p>Two<br>three</p>', 'One\n\nTwo\nthree'],
  ['spaces', '<p> One\n  <b>two</b> three </p>', 'One two three'],
  ['headings and lists', '<h2>Head</h2><ul><li>a</li><li>b</li></ul>', '## Head\n\n- a\n\n- b'],
  ['what is no text', '<style>p > a{}</style>A<script>if (a<b) "</p>"</script>B<!-- <p>c</p> -->C', 'ABC'],
  ['pre', '<pre>a\n  b &lt; c</pre>', 'a\n  b < c'],
  ['attributes with signs', '<a title="a > b" href=\'x\'>link</a>', 'link'],
  ['a sign that begins no tag', 'a < b <3 and 1<2', 'a < b <3 and 1<2'],
  ['references', '&lt;b&gt; &#65;&#x42; &nbsp;&unknown; &#0; &amp;lt;', '<b> AB  &unknown; \uFFFD &lt;'],
  ['an end that never comes', 'a<script>b', 'a'],
  ['a tag that never ends', 'a<p title="', 'a'],
])('%s', (_, html, text) => expect(htmlText(html)).toBe(text));

test('takes time in proportion to the page, whatever it holds', () => {
  for (const hostile of ['<', '<!--', '<a "', '<script>', '</', '&', '<pre>', ' ', '<p>', '<svg></svg'])
    expect(htmlText(hostile.repeat(300_000)).length).toBeLessThan(2_000_000);
});
