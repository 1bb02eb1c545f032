const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Zones of RFC 5322 §4.3, in hours. */
const zones: Readonly<Record<string, number>> = {
  ...{ ut: 0, utc: 0, gmt: 0, z: 0 },
  ...{ edt: -4, est: -5, cdt: -5, cst: -6, mdt: -6, mst: -7, pdt: -7, pst: -8 },
};

/** No date is longer; patterns need not be tried on more. */
const maxLength = 500;

const form =
  /^(?:[a-z]{2,9}\.?\s*,?\s*)?(\d{1,2})[\s-]+([a-z]{3})[a-z]*[\s-]+(\d{2,4})\s+(\d{1,2})\s*[:.]\s*(\d{2})(?:\s*[:.]\s*(\d{2}))?(?:\.\d+)?\s*([+-]\s?\d{4}|[a-z]{1,3})?$/i;

/**
 * Epoch ms of an RFC 5322 date, obsolete forms included. undefined for anything that is not one instant: a part that is
 * missing or out of range, a zone that nobody knows.
 */
export function mailDate(text: string): number | undefined {
  if (text.length > maxLength) return undefined;
  const match = form.exec(withoutComments(text).replaceAll(/\s+/g, ' ').trim());
  if (match === null) return undefined;
  const [, day, monthName, yearText, hour, minute, second = '0', zone = 'ut'] = match as unknown as string[];
  const month = months.indexOf(monthName?.toLowerCase() ?? '');
  const offset = zoneMinutes(zone.replace(' ', '').toLowerCase());
  const parts = [
    yearOf(yearText ?? ''),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Math.min(Number(second), 59),
  ];
  if (month < 0 || offset === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) {
    return undefined;
  }
  const local = Date.UTC(...(parts as [number, number, number, number, number, number]));
  // 31 February and the like would silently become another day.
  return new Date(local).getUTCDate() === Number(day) ? local - offset * 60_000 : undefined;
}

/** RFC 5322 §4.3: two digits below 50 are 20xx, three digits and the rest count from 1900. */
function yearOf(text: string): number {
  const year = Number(text);
  if (text.length === 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function zoneMinutes(zone: string): number | undefined {
  const offset = /^([+-])(\d{2})(\d{2})$/.exec(zone);
  if (offset === null) return zones[zone] === undefined ? undefined : zones[zone] * 60;
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return minutes > 14 * 60 ? undefined : (offset[1] === '-' ? -1 : 1) * minutes;
}

/** Takes out comments in brackets, nested ones included; one that is never closed takes the rest with it. */
export function withoutComments(text: string): string {
  let depth = 0;
  let kept = '';
  for (const char of text) {
    if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (depth === 0) kept += char;
    if (char === ')' && depth === 0) kept += ' ';
  }
  return kept;
}

/** When a mail was written, and what was wrong with saying so. */
export interface WrittenAt {
  readonly occurredAt: number;
  readonly defects: readonly string[];
}

/**
 * The Date header; where it is missing, unreadable or ahead, the topmost Received header that is neither (the stamp of
 * the last server), else our own clock. A date ahead stays as it is if no server stamped the mail, so that it is refused.
 */
export function writtenAt(
  dates: readonly string[],
  received: readonly string[],
  receivedAt: number,
  maxAheadMs: number,
): WrittenAt {
  const given = dates.map(mailDate).find((instant) => instant !== undefined);
  const isAhead = given !== undefined && given > receivedAt + maxAheadMs;
  if (given !== undefined && !isAhead) return { occurredAt: given, defects: [] };
  const stamped = received
    .map((line) => mailDate(line.slice(line.lastIndexOf(';') + 1)))
    .find((instant) => instant !== undefined && instant <= receivedAt + maxAheadMs);
  if (isAhead) return { occurredAt: stamped ?? given, defects: ['date-in-future'] };
  const hasDate = dates.some((text) => text.trim() !== '');
  return { occurredAt: stamped ?? receivedAt, defects: [hasDate ? 'date-unreadable' : 'date-missing'] };
}
