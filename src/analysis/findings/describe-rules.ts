import { rules } from './rules.ts'

const asked = {
  CHANGES: 'at every change, of what changed',
  PULLS: 'once a pull is complete, of what changed since the one before began',
  TIME: 'once a pull is complete, of all',
} as const

/** The rules for people, as Markdown. */
export function describeRules(): string {
  const sections = rules.map(
    (rule) => `## ${rule.name}

${rule.title}. Severity: **${rule.severity}**.

- *When:* ${rule.when}
- *What to do:* ${rule.advice}
- *Subjects:* ${rule.subjects}.
- *Evidence:* ${rule.evidence}.
- *One finding for each:* ${rule.identity}. Asked ${asked[rule.asked]}.
`,
  )
  return `# Findings

<!-- Made from src/analysis/findings by \`npm run codegen\`. -->

What the rules find in the mirror, asked for by \`Query.findings\`: worst first, of those the latest first. A finding begins when a rule first sees
it, and is resolved when the rule looks again and does not; what comes back later is a new finding. The worker looks within seconds of every
pull, refresh and write. What is not known yet is no ground for a finding.

${sections.join('\n')}`
}
