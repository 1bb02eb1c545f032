/** Transfer encodings that MIME knows, and uuencode, which older programs send. */
const encodings = new Set(['7bit', '8bit', 'binary', 'quoted-printable', 'base64', 'uuencode', 'x-uuencode', 'x-uue']);

/** Codes of what is out of form in the MIME structure of a message (latin1 text of its bytes). */
export function structureDefects(message: string, contentType: string): readonly string[] {
  return [...boundaryDefects(message, contentType), ...encodingDefects(message), ...charsetDefects(message)];
}

function boundaryDefects(message: string, contentType: string): readonly string[] {
  if (!/^\s*multipart\//i.test(contentType)) return [];
  const match = /boundary\s*=\s*(?:"([^"]*)"|([^\s;]+))/i.exec(contentType);
  const boundary = (match?.[1] ?? match?.[2] ?? '').trim();
  if (boundary === '' || !hasLine(message, `--${boundary}`)) return ['boundary-missing'];
  return hasLine(message, `--${boundary}--`) ? [] : ['boundary-unterminated'];
}

const hasLine = (message: string, line: string): boolean =>
  message.includes(`\n${line}\n`) ||
  message.includes(`\n${line}\r`) ||
  message.endsWith(`\n${line}`) ||
  message.includes(`\n${line} `);

function encodingDefects(message: string): readonly string[] {
  const used = [...message.matchAll(/^content-transfer-encoding:[ \t]*([^\s;(]+)/gim)];
  return used.every((match) => encodings.has((match[1] ?? '').toLowerCase())) ? [] : ['transfer-encoding-unknown'];
}

function charsetDefects(message: string): readonly string[] {
  const used = [...message.matchAll(/^(?:content-type:|[ \t]).*\bcharset\s*=\s*"?([^\s";]+)/gim)];
  return used.every((match) => isCharset(match[1] ?? '')) ? [] : ['charset-unknown'];
}

function isCharset(label: string): boolean {
  try {
    new TextDecoder(label);
    return true;
  } catch (error) {
    return (error as Error).name !== 'RangeError';
  }
}
