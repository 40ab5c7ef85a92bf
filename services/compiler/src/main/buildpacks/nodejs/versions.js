// satisfies RANGE: whether the version on standard input, as JSON, lies in the range. newest RANGE: prints the newest of
// the versions on standard input that does; fails when none does.
const fs = require("fs");
const path = require("path");
const npm = process.env.PATH.split(":").map(place => path.join(place, "npm")).find(fs.existsSync);
// npm's own rules for versions, wherever its distributor has put them.
const semver = require("module").createRequire(fs.realpathSync(npm))("semver");
const [verb, range] = process.argv.slice(2);
const input = JSON.parse(fs.readFileSync(0, "utf8"));
if (verb === "satisfies") process.exit(semver.satisfies(input, range) ? 0 : 1);
const newest = semver.maxSatisfying([].concat(input), range);
if (!newest) process.exit(1);
console.log(newest);
