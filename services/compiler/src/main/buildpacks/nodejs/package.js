// Prints what of package.json in this directory the compile script goes by, a line each: engines.node, engines.npm,
// whether there are dependencies, the names of its scripts.
const text = require("fs").readFileSync("package.json", "utf8").replace(/^\uFEFF/, "");
const json = JSON.parse(text) || {};
const isText = value => typeof value === "string";
const engine = name => (json.engines && isText(json.engines[name]) ? json.engines[name].replace(/\s+/g, " ").trim() : "");
const kinds = ["dependencies", "devDependencies", "optionalDependencies", "workspaces"];
console.log(engine("node"));
console.log(engine("npm"));
console.log(kinds.some(kind => json[kind] && Object.keys(json[kind]).length > 0) ? "some" : "none");
const scripts = json.scripts || {};
console.log(Object.keys(scripts).filter(name => isText(scripts[name])).join(" "));
