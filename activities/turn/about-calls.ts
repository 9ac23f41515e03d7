import type { AskedApproval } from '../../store/operations.ts';
import { parseArguments } from '../tools/registry.ts';
import type { Tool } from '../tools/tool.ts';

/** With what the user should know to decide, in addition to the arguments; nothing if that is unknown. */
export const aboutCalls = async (asked: readonly AskedApproval[], tools: readonly Tool[]): Promise<AskedApproval[]> =>
  await Promise.all(
    asked.map(async (approval) => {
      const tool = tools.find(({ name }) => name === approval.tool);
      if (!tool?.about) return approval;
      try {
        const about = await tool.about(parseArguments(tool, approval.arguments));
        return { ...approval, about };
      } catch {
        return approval;
      }
    }),
  );
