const http = require('http');

http
  .createServer((request, response) => {
    console.log(`${request.method} ${request.url}`);
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`Hello from ${process.env.DYNO}: ${process.env.GREETING || 'it is live'}\n`);
  })
  .listen(process.env.PORT, () => console.log(`listening on ${process.env.PORT}`));
