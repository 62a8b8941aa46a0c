// A weak line may drop one of the page's files, and then none of them runs: try again instead of leaving an empty page.
// Not a module, so that it depends on no other file. The address keeps the link's secret until main.js has run.
const start = document.createElement('script');
start.type = 'module';
start.src = 'console/main.js';
start.onerror = () => setTimeout(() => location.reload(), 2000);
document.head.append(start);
