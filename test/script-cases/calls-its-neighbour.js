// Runs a script next to it by a path that begins with ./, and goes on without another one when the error says that there
// is none. The path was looked up in the project's folder alone, and the words of the error were others.
// Kind: where a path is looked up; words of an error that scripts read. Source: activities/script/find-called.ts.
export const meta = { name: 'calls-its-neighbour', description: 'd' }

const found = await workflow({ scriptPath: './its-neighbour.js' }, { doors: 2 })
const sibling = async (name) => {
  try {
    return await workflow(name)
  } catch (error) {
    if (!String(error?.message ?? '').includes(`workflow('${name}'): no workflow with that name`)) throw error
    return 'left out'
  }
}
return { found, other: await sibling(['far', 'away'].join('-')) }
