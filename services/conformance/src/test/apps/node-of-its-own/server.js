require('express')().get('/', (q, r) => r.send('node ' + process.version + ' ' + require('fs').readFileSync('/etc/celadon-stack'))).listen(process.env.PORT)
