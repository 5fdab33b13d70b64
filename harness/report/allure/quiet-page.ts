/** Allure's pages need their own scripts and the data that stands in them or beside them, and nothing from elsewhere. */
const policy = [
  "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
  "connect-src 'self' data: blob:",
  "form-action 'none'",
].join('; ');

const element = `<meta http-equiv="Content-Security-Policy" content="${policy}">`;

/** Of a page that has its data in itself, the first line of what declares it: behind the program that reads it. */
const declares = 'window.allureReportData = window.allureReportData || {};';
/** The program waits for data that was declared, and looks for files where it finds no declaration: on a busy machine it can be first. */
const declaration = '<script>window.allureReportData = {};</script>';

/**
 * A page of Allure's without what it would ask of others: the analytics that it loads, whatever its settings say, and behind that a
 * policy under which a browser asks nobody. One that has its data in itself waits for it. The same for a page that was made quiet before.
 */
export function quietPage(page: string): string {
  const silent = page.replace(
    /<script\b[^>]*\bsrc="https?:\/\/[^"]*"[^>]*>\s*<\/script>(?:\s*<script>[^<]*\bgtag\([^<]*<\/script>)?/g,
    '',
  );
  if (silent.includes(element)) return silent;
  const waiting = silent.includes(declares) ? declaration : '';
  return silent.replace(/<head\b[^>]*>/, (head) => `${head}${element}${waiting}`);
}
