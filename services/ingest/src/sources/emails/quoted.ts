/** Lines behind which everything is an earlier mail. */
const separators: readonly RegExp[] = [
  /^\s*-{2,}\s*(?:original message|original appointment|forwarded message|原始邮件|原邮件|转发邮件|转发的邮件)\s*-{2,}\s*$/i,
  /^\s*begin forwarded message:\s*$/i,
  /^\s*_{20,}\s*$/,
];

/** `On 3 March 2026, … wrote:`, on one line or broken over up to three. */
const attribution = /^\s*(?:on|am|le|在|于)?.{0,300}(?:\bwrote|\bschrieb|\ba écrit|写道|寫道)\s*[:：]\s*$/i;
/** Characters of an attribution, at most. */
const maxAttribution = 500;
const attributionStart = /^\s*(?:on\s|am\s|le\s|在|于|\d)/i;

/** The header block that Outlook puts above an earlier mail. */
const outlookFrom = /^\s*\*?(?:from|发件人|寄件者)\s*[:：]\*?\s*\S/i;
const outlookNext = /^\s*\*?(?:sent|date|发送时间|日期|寄件日期|to|收件人)\s*[:：]/i;

/**
 * The text without quoted earlier mails: lines that begin with `>` and what stands above them as attribution are taken
 * out, everything behind a separator is cut. A mail that is nothing but a quotation is left whole.
 */
export function withoutQuotes(text: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const lastQuoted = lines.findLastIndex((line) => line.startsWith('>'));
  const end = lines.findIndex((_line, index) => startsEarlierMail(lines, index, lastQuoted));
  const own = withoutQuotedLines(end < 0 ? lines : lines.slice(0, end)).join('\n');
  const kept = own.trim() === '' ? lines.join('\n') : own;
  return kept.replace(/^(?:[ \t]*\n)+/, '').trimEnd();
}

function startsEarlierMail(lines: readonly string[], index: number, lastQuoted: number): boolean {
  const line = lines[index] ?? '';
  if (separators.some((form) => form.test(line))) return true;
  if (outlookFrom.test(line)) return lines.slice(index + 1, index + 3).some((next) => outlookNext.test(next));
  if (attributionLength(lines, index) === 0) return false;
  // Above `>` lines an attribution is only taken out, since the writer may answer between them.
  return lastQuoted < index;
}

function withoutQuotedLines(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index++) {
    const length = attributionLength(lines, index);
    if (length > 0 && nextIsQuoted(lines, index + length)) index += length - 1;
    else if (!lines[index]?.startsWith('>')) kept.push(lines[index] ?? '');
  }
  return kept;
}

function nextIsQuoted(lines: readonly string[], from: number): boolean {
  let at = from;
  while (lines[at]?.trim() === '') at++;
  return lines[at]?.startsWith('>') ?? false;
}

/** How many lines from `index` on make one attribution; 0 = none. */
function attributionLength(lines: readonly string[], index: number): number {
  const line = lines[index] ?? '';
  if (!attributionStart.test(line)) return 0;
  for (const length of [1, 2, 3]) {
    if (
      attribution.test(
        lines
          .slice(index, index + length)
          .join(' ')
          .slice(0, maxAttribution),
      )
    )
      return length;
  }
  return 0;
}
