// Loaded into every part of the demonstration (`node --import`). The parent holds the other end of this pipe: when it is
// gone, however it went, the pipe closes and the part leaves as if it had been asked to.
process.stdin.resume()
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'))
if ('unref' in process.stdin) process.stdin.unref()
