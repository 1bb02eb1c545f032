/**
 * The words of a post in GitHub's Markdown: code, images, HTML and quoted lines are left out, links keep their text. Not
 * a renderer; what is judged is prose.
 */
export const plainTextOf = (markdown: string): string =>
  markdown
    .replaceAll('\r\n', '\n')
    .replaceAll(/<!--[\s\S]*?-->/g, '')
    .replaceAll(/^[ \t]*(`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^[ \t]*\1[`~]*[ \t]*$|(?![\s\S]))/gm, '')
    .replaceAll(/^[ \t]*>.*$/gm, '')
    .replaceAll(/!\[[^\]\n]*\]\([^)\n]*\)/g, '')
    .replaceAll(/\[([^\]\n]+)\]\([^)\n]*\)/g, '$1')
    .replaceAll(/<\/?[a-z][^>\n]*>/gi, '')
    .replaceAll(/`([^`\n]*)`/g, '$1')
    .replaceAll(/^[ \t]*#{1,6}[ \t]+/gm, '')
    .replaceAll(/(\*\*|__)(\S(?:[^\n]*?\S)?)\1/g, '$2')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
