"""A running platform as the benchmarks use it."""
import json, os, pathlib, statistics, subprocess, tempfile, time, urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
SERVER = """
require('http').createServer((request, response) => response.end('hello\\n')).listen(process.env.PORT);
"""
DEFAULT_PROCFILE = "web: node server.js\nprobe: echo first instruction; exec sleep 100000\n"


def read_environment(data):
    pairs = (line.removeprefix("export ").split("=", 1) for line in (data / "celadon.env").read_text().splitlines())
    return {name: value.strip("'") for name, value in pairs}


class Platform:
    def __init__(self, variables):
        self.variables = variables

    def api(self, method, path, body=None):
        request = urllib.request.Request(self.variables["CELADON_API_URL"] + path, method=method)
        request.add_header("Authorization", "Bearer " + self.variables["CELADON_TOKEN"])
        request.add_header("Accept", "application/vnd.heroku+json; version=3")
        request.add_header("Content-Type", "application/json")
        if method == "GET":
            request.add_header("Range", "id ..; max=1000")
        with urllib.request.urlopen(request, None if body is None else json.dumps(body).encode()) as answer:
            return json.load(answer)

    def push(self, app, procfile=DEFAULT_PROCFILE, server=SERVER):
        with tempfile.TemporaryDirectory() as folder:
            files = {"server.js": server, "Procfile": procfile, "package.json": '{"name":"bench","version":"1.0.0"}'}
            for name, text in files.items():
                (pathlib.Path(folder) / name).write_text(text)
            environment = dict(os.environ, GIT_SSL_CAINFO=self.variables["CELADON_CA"], TOKEN=self.variables["CELADON_TOKEN"])
            helper = '!f() { echo username=celadon; echo "password=$TOKEN"; }; f'
            url = f"https://{self.variables['CELADON_GIT_HOST']}/{app}.git"
            for command in (["init", "-q", "-b", "main"], ["config", "credential.helper", helper], ["add", "."],
                            ["-c", "user.name=bench", "-c", "user.email=bench@localhost", "commit", "-q", "-m", "bench"],
                            ["push", "-q", "-f", url, "main"]):
                subprocess.run(["git", *command], cwd=folder, env=environment, check=True)

    def scale(self, app, process, quantity):
        self.api("PATCH", f"/apps/{app}/formation", {"updates": [{"type": process, "quantity": quantity}]})

    def is_up(self, app, process, quantity):
        states = [dyno["state"] for dyno in self.api("GET", f"/apps/{app}/dynos") if dyno["type"] == process]
        return states == ["up"] * quantity

    def await_up(self, app, process, quantity):
        while not self.is_up(app, process, quantity):
            time.sleep(0.03)

    def logs(self, app):
        url = self.api("POST", f"/apps/{app}/log-sessions", {"lines": 1500})["logplex_url"]
        with urllib.request.urlopen(url) as answer:
            return answer.read().decode()


def show(what, figures, unit):
    print(f"{what}: median {statistics.median(figures):.2f} {unit}"
          f" (least {min(figures):.2f}, most {max(figures):.2f}, n={len(figures)})", flush=True)
