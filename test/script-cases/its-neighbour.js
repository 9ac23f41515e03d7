// Called by calls-its-neighbour. A script that is called calls no further one, and hears so in the words of Claude Code.
export const meta = { name: 'its-neighbour', description: 'd' }

const deeper = await workflow(args.next ?? 'locale').catch((error) => error.message)
return { doors: args.doors, isLimited: /nesting is limited to one level/.test(deeper), timers: typeof setTimeout }
