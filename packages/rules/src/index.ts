export { compileRule } from './document/compile.ts';
export { ruleSchema } from './document/json-schema.ts';
export { loadRuleDocument } from './document/load.ts';
export { type RuleDocument, ruleDocument } from './document/schema.ts';
export type { Problem } from './document/view.ts';
export { type ShippedRule, shippedRules } from './pack.ts';
export { runRuleTests, type TestResult } from './testing/run-tests.ts';
export { parseTestLog } from './testing/test-log.ts';
export { compileWhen, parseWhen, WhenError } from './when/index.ts';
