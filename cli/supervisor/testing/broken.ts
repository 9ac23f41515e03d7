/** A program of the stack that is ready and dies, each time. */
process.send?.({ type: 'ready' }, () => {
  console.error('the reason in the log');
  process.exit(7);
});
