/** A message as the MIME parser is given it, and what had to be mended. The original bytes are not touched. */
export interface ReadingCopy {
  readonly bytes: Buffer;
  readonly defects: readonly string[];
}

const headerLine = /^[!-9;-~]+:/;
const spacedHeaderLine = /^([!-9;-~]+)[ \t]+:/;

/** Mends what the MIME parser would stumble over: header lines out of form, and 8-bit text that nobody declared. */
export function readingCopyOf(message: Buffer): ReadingCopy {
  const declared = declaredText(message);
  const text = declared.bytes.toString('latin1').replace(/^\s*\n/, '');
  const end = /\r?\n\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const mended = mendedHeader(head);
  if (mended === head) return { bytes: Buffer.from(text, 'latin1'), defects: declared.defects };
  const rest = end === null ? '' : text.slice(end.index);
  return {
    bytes: Buffer.from(mended + rest, 'latin1'),
    defects: [...declared.defects, 'header-malformed'],
  };
}

/** White space before the colon goes (RFC 5322 §4.5), lines that are no header go; an mbox `From ` line goes silently. */
function mendedHeader(head: string): string {
  const lines = head.split('\n');
  const kept = lines.flatMap((line, index) => {
    if (/^[ \t]/.test(line) || headerLine.test(line)) return [line];
    if (spacedHeaderLine.test(line)) return [line.replace(spacedHeaderLine, '$1:')];
    return index === 0 && line.startsWith('From ') ? [line] : [];
  });
  return kept.join('\n');
}

/**
 * Where no part names a charset and the bytes are not UTF-8, they are taken for GB 18030 if every high byte comes in
 * pairs, else for Windows-1252: what mail programs without MIME send.
 */
function declaredText(message: Buffer): ReadingCopy {
  const isUtf8 = message.every((byte) => byte < 0x80) || new TextDecoder('utf-8').decode(message).indexOf('\ufffd') < 0;
  const text = message.toString('latin1');
  if (isUtf8 || /charset/i.test(text)) return { bytes: message, defects: [] };
  const inPairs = /^(?:[^\x80-\xff]|[\xa1-\xfe]{2})*$/.test(text);
  const charset = inPairs ? 'gb18030' : 'windows-1252';
  return { bytes: Buffer.from(new TextDecoder(charset).decode(message)), defects: ['charset-undeclared'] };
}
