/** What the sender knows about whom a text is for. */
export interface PersonalContext {
  /** Names of the contact, the account and their own products or cases, as people write them. */
  readonly names: readonly string[];
}

/** Marks of a text that went to many: they outweigh any name, which mail merge fills in too. */
const bulk = [
  /\bunsubscribe\b|\bview (?:this e?-?mail|it) in your browser\b|\bmanage (?:your )?preferences\b/iu,
  /\bdear (?:valued )?(?:customer|user|subscriber|member|partner|sir|madam|friend|all|team)s?\b/iu,
  /\bthis is an automat(?:ed|ic)\b|\bdo not reply to this\b|\b(?:limited|special) offer for all\b/iu,
  /\{\{.*?\}\}|\$\{.*?\}|%[A-Z_]{3,}%|\[(?:first ?name|name|company)\]/iu,
  /退订|尊敬的(?:各位)?(?:客户|用户|会员|顾客|女士|先生)|亲爱的(?:客户|用户|会员)|系统自动|自动发送|请勿回复|群发/u,
];

/** Turns of phrase that take up what this contact said or asked before. */
const ownCase = [
  /\byou (?:told|mentioned|asked|described|reported|raised|pointed out|brought up|wrote (?:to )?(?:me|us))\b/iu,
  /\b(?:as|like) (?:we )?(?:discussed|agreed|promised)\b|\bfollowing up on (?:our|your)\b/iu,
  /\b(?:our|your) (?:call|conversation|meeting|chat|question|ticket|case|mail|email) (?:yesterday|today|from|on|of|about|last|this)\b/iu,
  /\b(?:ticket|case|order) (?:no\.? ?|number |#)\d+/iu,
  /[您你](?:上次|昨天|刚才|之前|上周|早上|那天)?(?:提到|说过?|问|反馈|反映|关心|提出)的/u,
  /(?:上次|昨天|上周|刚才|之前)(?:和您|跟您|与您|跟你|和你|我们)?(?:聊|谈|沟通|讨论|通话|见面)/u,
  /(?:工单|订单|合同)(?:号|编号)?[:：#]?\s*\d{3,}/u,
];

const legalForm = /[\s,]+(?:inc|ltd|llc|gmbh|ag|corp|co|plc|sa|bv|limited|corporation)\.?$/iu;
const chineseLegalForm = /(?:股份)?有限(?:责任)?公司$|集团$/u;
const chineseTitle = '(?:总|经理|先生|女士|老师|工|主任|总监|董|主管|部长)';

/**
 * True if a text was made for this contact: it names the contact, the account or their own matter, or takes up what the
 * contact said before, and bears no mark of bulk mail.
 *
 * @example
 * isPersonalised('I looked into the slow dashboard at Acme.', { names: ['Acme Ltd'] }); // true
 */
export const isPersonalised = (text: string, context: PersonalContext): boolean =>
  !bulk.some((mark) => mark.test(text)) &&
  (ownCase.some((turn) => turn.test(text)) || context.names.some((name) => mentions(text, name)));

const mentions = (text: string, name: string): boolean => {
  const core = name.normalize('NFKC').trim().replace(legalForm, '').replace(chineseLegalForm, '');
  if (core === '') return false;
  const alternatives = [escaped(core)];
  if (/^\p{Script=Han}{2,3}$/u.test(core)) alternatives.push(`${core[0]}${chineseTitle}`);
  const isLatin = /^[\p{Script=Latin}\p{N}]/u.test(core);
  const bounded = isLatin
    ? `(?<![\\p{Script=Latin}\\p{N}])(?:${alternatives[0]})(?![\\p{Script=Latin}\\p{N}])`
    : alternatives.join('|');
  return new RegExp(bounded, 'iu').test(text.normalize('NFKC'));
};

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&').replace(/\s+/gu, '\\s+');
