import { rules } from './rules.ts'

const evaluated = {
  CHANGES: 'after each change, for the users and groups that changed',
  PULLS: 'after each complete pull, for what changed since the previous pull began',
  TIME: 'after each complete pull, for the whole organization',
} as const

/** The rules as Markdown, for people. */
export function describeRules(): string {
  const sections = rules.map((rule) => {
    const items = [
      `*Condition:* ${rule.when}`,
      `*What to do:* ${rule.advice}`,
      `*Subjects:* ${rule.subjects}.`,
      `*Evidence:* ${rule.evidence}.`,
      `*Evaluated:* ${evaluated[rule.asked]}. One finding per ${rule.identity}.`,
    ]
    return `## ${rule.name}

${rule.title}. Severity: **${rule.severity}**.

${items.map((item) => wrapped(`- ${item}`)).join('\n')}
`
  })
  return `# Findings

<!-- Generated from src/analysis/findings by \`npm run codegen\`. -->

The worker evaluates ${rules.length} rules on the mirror, within seconds of every pull, refresh and write. \`Query.findings\` lists what
they found: most severe first, then latest first.

A finding opens when a rule first matches, and is resolved when the rule is evaluated again and no longer matches. If it
matches again later, that is a new finding. Data that has not been read yet never causes a finding.

${sections.join('\n')}`
}

const width = 120

/** A list item, with a hanging indent. */
function wrapped(item: string): string {
  const lines = ['']
  for (const word of item.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line === '') lines[lines.length - 1] = word
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(`  ${word}`)
  }
  return lines.join('\n')
}
