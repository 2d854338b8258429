import { rules } from './rules.ts'

const asked = {
  CHANGES: 'after every change, on the changed objects',
  PULLS: 'after every complete pull, on the objects that changed since the start of the previous one',
  TIME: 'after every complete pull, on all objects',
} as const

/** Describes the rules as Markdown. */
export function describeRules(): string {
  const sections = rules.map(
    (rule) => `## ${rule.name}

${rule.title}. Severity: **${rule.severity}**.

- *When:* ${rule.when}
- *What to do:* ${rule.advice}
- *Subjects:* ${rule.subjects}.
- *Evidence:* ${rule.evidence}.
- *One finding per:* ${rule.identity}. Evaluated ${asked[rule.asked]}.
`,
  )
  return `# Findings

<!-- Generated from src/analysis/findings by \`npm run codegen\`. -->

Rules detect problems in the mirror. \`Query.findings\` returns the findings of an organization, sorted by severity
(highest first), then by age (newest first).

- A finding opens when a rule first detects a problem, and is resolved when the rule no longer detects it. A problem
  that returns later is a new finding.
- The worker evaluates the rules within seconds of every pull, refresh and write.
- \`acceptFinding\` accepts a finding until a date, with a reason. It is then left out of \`findings\` and of its count,
  unless \`accepted\` asks for it. It comes back after the date, and as soon as its subjects or its evidence change. A
  finding that is resolved and returns is a new one, and not accepted. \`withdrawAcceptance\` ends an acceptance before
  its date.
- Data that has not been read yet never causes a finding.

${sections.join('\n')}`
}
