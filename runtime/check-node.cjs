/**
 * Loaded before everything else of a process that is started without `everturn`, on whatever Node there is: an older one
 * would end with the stack of a module that it cannot read.
 */
const needed = 24;
const major = Number.parseInt(process.versions.node, 10);

if (major < needed) {
  console.error(
    `Cannot start: this is Node ${process.versions.node}, Everturn needs ${needed} or newer. Start it with the Node that npm installs with Everturn (node_modules/.bin/node), or install Node ${needed}.`,
  );
  process.exit(1);
}
