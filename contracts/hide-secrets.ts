/** In the place of a secret. */
export const masked = '••••••••';

/**
 * A text whose addresses are without what is often a secret in them: user and password, query, and fragment. Takes time in
 * proportion to the text.
 */
export const withoutSecretsInAddresses = (text: string): string =>
  text.replaceAll(
    /([a-z][a-z0-9+.-]{0,30}:\/\/)([^\s/?#"'<>]*@)?([^\s?#"'<>]*)(\?[^\s#"'<>]*)?(#[^\s"'<>]*)?/gi,
    (_whole, scheme: string, user = '', rest = '', query = '', fragment = '') =>
      `${scheme}${user ? `${masked}@` : ''}${rest}${query ? `?${masked}` : ''}${fragment ? `#${masked}` : ''}`,
  );

/** A text that repeats none of the secrets. Short ones are left: they may be words. */
export const withoutSecrets = (text: string, secrets: Iterable<string>): string =>
  [...new Set(secrets)]
    .filter((secret) => secret.length >= 8)
    .toSorted((one, other) => other.length - one.length)
    .reduce((left, secret) => left.replaceAll(secret, masked), text);

const secretWords = /secret|passw(or)?d|token|api[-_]?key|credential|authorization|bearer/i;
export const isSecretName = (name: string): boolean => secretWords.test(name);

/** Texts that providers begin their secrets with. */
const wellKnown =
  /\b(?:(?:sk|pk|rk)-[\w-]{16,}|gh[opsur]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{10,}\.[\w-]+\.[\w-]+)/g;

const withoutNamed = (argument: string): string =>
  argument.replace(/^(-{0,2}[\w.-]{1,100}\s*[=:]\s*)(\S.*)$/s, (whole, name: string) =>
    isSecretName(name) ? `${name}${masked}` : whole,
  );

/** The arguments of a program as they may be shown to those who do not decide about it. */
export const withoutSecretArguments = (argv: readonly string[]): string[] =>
  argv.map((argument, index) => {
    const before = argv[index - 1] ?? '';
    if (/^--?\w/.test(before) && isSecretName(before) && !before.includes('=') && !argument.startsWith('-'))
      return masked;
    return withoutNamed(withoutSecretsInAddresses(argument)).replaceAll(wellKnown, masked);
  });
