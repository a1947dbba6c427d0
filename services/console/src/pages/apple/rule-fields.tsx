import { ArrowUp, X } from "lucide-react";
import { Button } from "react-aria-components";
import { type Choice, ChoiceField, TextLine } from "../../parts/fields.tsx";
import type { AutomatedRule } from "./automated.ts";

const BLANK: AutomatedRule = {
  profileId: "",
  serialPrefix: "",
  model: "",
  deviceFamily: "",
  description: "",
  assetTag: "",
};

/** As Apple calls them. */
const FAMILIES = ["iPhone", "iPad", "Mac", "AppleTV", "Vision", "Watch"];

const TEXTS = [
  ["serialPrefix", "Serial number begins with"],
  ["model", "Model contains"],
  ["description", "Description contains"],
  ["assetTag", "Asset tag"],
] as const;

/** A rule in a line, as it stands where two are compared. */
export function ruleText(rule: AutomatedRule, profile: string): string {
  const named = TEXTS.filter(([name]) => rule[name] !== "").map(([name, label]) => `${label} ${rule[name]}`);
  return `${[rule.deviceFamily, ...named].filter((part) => part !== "").join(", ")}: ${profile}`;
}

interface RuleFieldsProps {
  readonly rules: readonly AutomatedRule[];
  readonly onChange: (rules: readonly AutomatedRule[]) => void;
  readonly profiles: readonly Choice[];
}

/** Which device gets which profile; the first rule that fits decides. */
export const RuleFields = ({ rules, onChange, profiles }: RuleFieldsProps) => (
  <div className="stack">
    {rules.map((rule, at) => (
      // A rule is known by its place alone, and nothing of it is kept outside of the draft.
      <fieldset className="panel stack" key={at}>
        <legend className="row">
          Rule {at + 1}
          {at > 0 && (
            <Button
              className="icon-button"
              aria-label={`Try rule ${at + 1} earlier`}
              onPress={() => onChange(rules.with(at, rules[at - 1] as AutomatedRule).with(at - 1, rule))}
            >
              <ArrowUp size={14} />
            </Button>
          )}
          <Button
            className="icon-button"
            aria-label={`Remove rule ${at + 1}`}
            onPress={() => onChange(rules.toSpliced(at, 1))}
          >
            <X size={14} />
          </Button>
        </legend>
        <Rule rule={rule} onChange={(change) => onChange(rules.with(at, { ...rule, ...change }))} profiles={profiles} />
      </fieldset>
    ))}
    <div>
      <Button className="button small" onPress={() => onChange([...rules, BLANK])}>
        Add a rule
      </Button>
    </div>
  </div>
);

interface RuleProps {
  readonly rule: AutomatedRule;
  readonly onChange: (change: Partial<AutomatedRule>) => void;
  readonly profiles: readonly Choice[];
}

const Rule = ({ rule, onChange, profiles }: RuleProps) => (
  <>
    <ChoiceField
      label="Family"
      value={rule.deviceFamily}
      onChange={(deviceFamily) => onChange({ deviceFamily })}
      choices={[["", "Any"], ...FAMILIES.map((family) => [family, family] as const)]}
    />
    {TEXTS.map(([name, label]) => (
      <TextLine key={name} label={label} value={rule[name]} onChange={(text) => onChange({ [name]: text })} />
    ))}
    <ChoiceField
      label="Gets the profile"
      value={rule.profileId}
      onChange={(profileId) => onChange({ profileId })}
      choices={profiles}
    />
  </>
);
