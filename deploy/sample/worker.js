setInterval(() => console.log(`${process.env.DYNO} is working`), 10000);
