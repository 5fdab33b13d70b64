/** Allure's pages need their own scripts and the data that stands in them or beside them, and nothing from elsewhere. */
const policy = [
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
  "connect-src 'self' data: blob:",
  "form-action 'none'",
].join('; ');

const element = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;

/**
 * A page of Allure's without what it would ask of others: the analytics that it loads, whatever its settings say, and behind that a
 * policy under which a browser asks nobody. The same for a page that was made quiet before.
 */
export function quietPage(page: string): string {
  const silent = page.replace(
    /<script\b[^>]*\bsrc="https?:\/\/[^"]*"[^>]*>\s*<\/script>(?:\s*<script>[^<]*\bgtag\([^<]*<\/script>)?/g,
    '',
  );
  return silent.includes(element) ? silent : silent.replace(/<head\b[^>]*>/, (head) => `${head}${element}`);
}
