/**
 * Guest code: `(tools) => format(value, locales, options)`, numbers as en-US writes them. Rounds the
 * shortest decimal form of a number, half away from zero, as `Intl` does.
 */
export const numbers = `(({ refuse, localeOf, optionOf }) => {
const symbols = { USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', CAD: 'CA$', AUD: 'A$', MXN: 'MX$', NZD: 'NZ$', BRL: 'R$', ILS: '₪', TWD: 'NT$', HKD: 'HK$', VND: '₫', PHP: '₱' };
const wholeOnly = ['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'UGX', 'XAF', 'XOF', 'PYG', 'RWF'];
const tiers = { short: ['', 'K', 'M', 'B', 'T'], long: ['', ' thousand', ' million', ' billion', ' trillion'] };

/** The digits of a number from 0, and the place of the point within them. */
const decimalOf = (value) => {
  if (typeof value === 'bigint') { const digits = value.toString(); return { digits, point: digits.length }; }
  if (value === 0) return { digits: '0', point: 1 };
  const [mantissa, exponent] = value.toExponential().split('e');
  return { digits: mantissa.replace('.', ''), point: Number(exponent) + 1 };
};
const roundTo = ({ digits, point }, kept) => {
  if (kept >= digits.length) return { digits, point };
  if (kept < 0) return { digits: '0', point: 1 };
  const up = digits[kept] >= '5';
  const list = digits.slice(0, kept).split('');
  if (up) {
    let at = kept - 1;
    while (at >= 0 && list[at] === '9') list[at--] = '0';
    if (at >= 0) list[at] = String(Number(list[at]) + 1);
    else return { digits: '1' + list.join(''), point: point + 1 };
  }
  return list.length === 0 ? { digits: '0', point: 1 } : { digits: list.join(''), point };
};
const split = ({ digits, point }) => ({
  whole: point <= 0 ? '0' : (digits.slice(0, point).padEnd(point, '0').replace(/^0+(?=\\d)/, '')),
  fraction: point >= digits.length ? '' : point < 0 ? '0'.repeat(-point) + digits : digits.slice(point),
});
const isZero = ({ digits }) => /^0*$/.test(digits);

const count = (options, name, least, most, otherwise) => {
  const value = options[name];
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!(number >= least && number <= most)) throw new RangeError(name + ' is a number from ' + least + ' to ' + most + ', not ' + String(value));
  return Math.floor(number);
};

const read = (options) => {
  const style = optionOf(options, 'style', ['decimal', 'percent', 'currency'], 'decimal');
  const notation = optionOf(options, 'notation', ['standard', 'compact'], 'standard');
  optionOf(options, 'numberingSystem', ['latn'], 'latn');
  optionOf(options, 'roundingMode', ['halfExpand'], 'halfExpand');
  optionOf(options, 'roundingPriority', ['auto'], 'auto');
  optionOf(options, 'trailingZeroDisplay', ['auto'], 'auto');
  optionOf(options, 'currencySign', ['standard'], 'standard');
  optionOf(options, 'roundingIncrement', [1], 1);
  const currency = style === 'currency' ? options.currency : undefined;
  if (style === 'currency' && !(typeof currency === 'string' && /^[A-Za-z]{3}$/.test(currency))) throw new TypeError('style: "currency" needs currency, such as "USD"');
  const code = currency === undefined ? '' : currency.toUpperCase();
  const usual = style === 'currency' ? (wholeOnly.includes(code) ? [0, 0] : [2, 2]) : style === 'percent' ? [0, 0] : [0, 3];
  const hasFraction = options.minimumFractionDigits !== undefined || options.maximumFractionDigits !== undefined;
  const hasSignificant = options.minimumSignificantDigits !== undefined || options.maximumSignificantDigits !== undefined;
  const least = count(options, 'minimumFractionDigits', 0, 100, undefined);
  const most = count(options, 'maximumFractionDigits', 0, 100, undefined);
  const fraction = [least ?? Math.min(usual[0], most ?? usual[0]), most ?? Math.max(usual[1], least ?? usual[1])];
  if (fraction[0] > fraction[1]) throw new RangeError('maximumFractionDigits is ' + fraction[1] + ', below minimumFractionDigits ' + fraction[0]);
  const leastDigits = count(options, 'minimumSignificantDigits', 1, 21, 1);
  const maxDigits = count(options, 'maximumSignificantDigits', leastDigits, 21, 21);
  return {
    style, notation, code, fraction,
    significant: hasSignificant ? [leastDigits, maxDigits] : null,
    isRough: notation === 'compact' && !hasFraction && !hasSignificant,
    tiers: tiers[optionOf(options, 'compactDisplay', ['short', 'long'], 'short')],
    wholeDigits: count(options, 'minimumIntegerDigits', 1, 21, 1),
    grouping: optionOf(options, 'useGrouping', [true, false, 'always', 'auto', 'min2', 'true', 'false'], notation === 'compact' ? 'min2' : 'auto'),
    sign: optionOf(options, 'signDisplay', ['auto', 'always', 'never', 'exceptZero', 'negative'], 'auto'),
    currencyDisplay: optionOf(options, 'currencyDisplay', ['symbol', 'narrowSymbol', 'code'], 'symbol'),
  };
};

const rounded = (decimal, { fraction, significant, isRough }) => {
  if (significant) return roundTo(decimal, significant[1]);
  if (isRough) return roundTo(decimal, decimal.point >= 2 ? decimal.point : 2);
  return roundTo(decimal, decimal.point + fraction[1]);
};
/** The digits after the point, as many as wanted. */
const fractionOf = (found, decimal, { fraction, significant, isRough }) => {
  const bare = found.replace(/0+$/, '');
  if (isRough) return bare;
  if (!significant) return bare.padEnd(fraction[0], '0');
  const before = isZero(decimal) ? 1 : decimal.point;
  return bare.padEnd(Math.max(0, significant[0] - before), '0');
};
const grouped = (whole, grouping) => {
  const isGrouped = grouping === false || grouping === 'false' ? false : grouping === 'min2' ? whole.length > 4 : whole.length > 3;
  return isGrouped ? whole.replace(/(?=(?:\\d{3})+$)(?!^)/g, ',') : whole;
};

return (value, locales, given) => {
  localeOf(locales, true);
  const settings = read(given === undefined ? {} : Object(given));
  const { style, notation, code, wholeDigits, grouping, sign, currencyDisplay } = settings;
  const isNegative = typeof value === 'bigint' ? value < 0n : value < 0 || Object.is(value, -0);
  const size = isNegative ? -value : value;
  let text;
  let isNothing = false;
  if (typeof size === 'number' && !(size < Infinity)) text = size === Infinity ? '∞' : 'NaN';
  else {
    let decimal = decimalOf(size);
    if (style === 'percent' && !isZero(decimal)) decimal = { ...decimal, point: decimal.point + 2 };
    let tier = 0;
    if (notation === 'compact' && !isZero(decimal)) {
      tier = Math.min(4, Math.max(0, Math.floor((decimal.point - 1) / 3)));
      const scaled = { ...decimal, point: decimal.point - 3 * tier };
      if (tier < 4 && rounded(scaled, settings).point > 3) tier += 1;
      decimal = { ...decimal, point: decimal.point - 3 * tier };
    }
    decimal = rounded(decimal, settings);
    isNothing = isZero(decimal);
    const { whole, fraction } = split(decimal);
    const rest = fractionOf(fraction, decimal, settings);
    text = grouped(whole.padStart(wholeDigits, '0'), grouping) + (rest === '' ? '' : '.' + rest) + settings.tiers[tier];
  }
  if (style === 'percent') text += '%';
  if (style === 'currency') {
    const symbol = currencyDisplay === 'code' ? code : symbols[code] ?? code;
    text = (currencyDisplay === 'narrowSymbol' ? symbol.replace(/^[A-Z]+(?=[^A-Z])/, '') : symbol) + (/[A-Z]$/.test(symbol) ? '\\u00a0' : '') + text;
  }
  const isNaN = text.endsWith('NaN');
  if (sign === 'never' || isNaN && sign !== 'always') return text;
  if (isNegative && !(isNothing && (sign === 'exceptZero' || sign === 'negative'))) return '-' + text;
  return sign === 'always' || (sign === 'exceptZero' && !isNothing) ? '+' + text : text;
};
})`;
