import type { SystemBody } from '../../contracts/chunks.ts';
import { momentOf, reasonWords } from '../../contracts/keys.ts';
import type { PreviousRequest } from '../../store/requests.ts';
import type { Member } from './chain.ts';

type Options = {
  members: readonly Member[];
  chosen: Member;
  step: number;
  previous: Pick<PreviousRequest, 'model' | 'isFallback'> | null;
  configured: readonly string[];
};

const system = (label: SystemBody['label'], text: string): SystemBody => ({ kind: 'system', label, text });

const keyNotice = ({ key, mark }: Member): string | null =>
  mark &&
  `The key "${key}" is not asked until ${momentOf(mark.until)}, because ${reasonWords[mark.reason]}: the model "${mark.asked}" answered ${mark.said}`;

const modelNotice = ({ name, key, failure }: Member): string | null =>
  failure && `The model "${name}" with the key "${key}" is not asked again in this turn: ${failure.said}`;

/** A provider's text may end in any way; our sentence ends with one full stop. */
const asSentence = (text: string): string => `${text.replace(/[\s.]+$/, '')}.`;

const toNotices = (members: readonly Member[]): SystemBody[] => {
  const reasons = members.flatMap((member) => keyNotice(member) ?? modelNotice(member) ?? []);
  return [...new Set(reasons)].map((text) => system('notice', asSentence(text)));
};

/**
 * Said once for each change of the model that answers: the reason for each better one that is passed over, then which
 * model answers.
 */
export const noticesOf = ({ members, chosen, step, previous, configured }: Options): SystemBody[] => {
  const [first] = members;
  const before = previous?.model ?? first?.name;
  if (before === chosen.name)
    return toNotices(
      members.filter(({ failure }) => failure?.step === step && failure.givenUp && failure.model !== chosen.name),
    );
  const names = members.map(({ name }) => name);
  const goesOn = `the session continues with the model "${chosen.name}", with the key "${chosen.key}"`;
  if (chosen === first) {
    if (previous?.isFallback) return [system('model-changed', `The key "${chosen.key}" is asked again: ${goesOn}.`)];
    const isGone = previous !== null && !configured.includes(previous.model);
    return isGone ? [system('model-changed', `everturn.yaml no longer names the model "${before}": ${goesOn}.`)] : [];
  }
  const from = Math.max(0, names.indexOf(before ?? ''));
  const passed = members.filter(
    (member, index) =>
      member !== chosen && (member.failure?.step === step || (index >= from && index < names.indexOf(chosen.name))),
  );
  return [...toNotices(passed), system('model-changed', `${goesOn.charAt(0).toUpperCase()}${goesOn.slice(1)}.`)];
};
