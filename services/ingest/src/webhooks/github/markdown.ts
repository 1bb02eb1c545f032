/**
 * The words of a post in GitHub's Markdown: code, images, HTML and quoted lines are left out, links keep their text. Not
 * a renderer; what is judged is prose. Anybody can post, so every pattern looks ahead only a bounded way.
 */
export const plainTextOf = (markdown: string): string =>
  withoutCode(withoutHtmlComments(markdown.replaceAll('\r\n', '\n')))
    .replaceAll(/!\[[^\]\n]{0,300}\]\([^)\n]{0,1000}\)/g, '')
    .replaceAll(/\[([^\]\n]{1,300})\]\([^)\n]{0,1000}\)/g, '$1')
    .replaceAll(/<\/?[a-z][^>\n]{0,300}>/gi, '')
    .replaceAll(/`([^`\n]{0,300})`/g, '$1')
    .replaceAll(/(\*\*|__)(\S[^\n]{0,300}?)\1/g, '$2')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();

function withoutHtmlComments(text: string): string {
  let kept = '';
  let from = 0;
  for (let start = text.indexOf('<!--'); start >= 0; start = text.indexOf('<!--', from)) {
    kept += text.slice(from, start);
    const end = text.indexOf('-->', start);
    from = end < 0 ? text.length : end + 3;
  }
  return kept + text.slice(from);
}

/** Leaves out fenced blocks (an open one to the end) and quoted lines, and the marks of headings. */
function withoutCode(text: string): string {
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true) fence = undefined;
    } else if (mark !== undefined) {
      fence = mark;
    } else if (!/^[ \t]{0,3}>/.test(line)) {
      kept.push(line.replace(/^ {0,3}#{1,6}[ \t]/, ''));
    }
  }
  return kept.join('\n');
}
