"""What a platform has on this host, counted: each kind of thing that a dyno brings along and must take away."""
import os, pathlib, re, subprocess

# What each dyno has one of or more, and whether a place kept ready for a dyno has it too.
OF_A_DYNO = {"mounts": True, "mount namespaces": False, "network namespaces": True, "interfaces": True,
             "loop devices": True, "cgroups": False, "processes": False}


def of(data, pid):
    """Counts by kind. Files are counted by directory; the heap is what is reachable, in MB."""
    instance = instance_of(data)
    run = pathlib.Path("/run/celadon", instance)
    own = processes_of(instance, pid)
    descriptors = [link(f"/proc/{pid}/fd/{name}") for name in names(f"/proc/{pid}/fd")]
    counts = {
        "mounts": mounts(run),
        "mount namespaces": len({link(f"/proc/{process}/ns/mnt") for process in own}),
        "network namespaces": places(data),
        "interfaces": len(names("/sys/class/net", f"v{instance}-")),
        "loop devices": loops(data),
        "cgroups": sum(len(folders) for where, folders, _ in os.walk("/sys/fs/cgroup") if f"celadon-{instance}" in where),
        "processes": len(own),
        "open files of the platform": len(descriptors),
        "of them sockets": sum(str(target).startswith("socket:") for target in descriptors),
        "threads of the platform": len(names(f"/proc/{pid}/task")),
        "heap MB": heap(pid),
        "files /run": files(run / "c") + files(run / "ready") + files(run / "exits") + files(run / "oci"),
    }
    for place in sorted(path.name for path in data.iterdir() if path.is_dir()):
        counts[f"files {place}"] = files(data / place)
    return counts


def instance_of(data):
    return (data / "instance").read_text().strip()


def places(data):
    """Of dynos and of those kept ready: each has a network namespace."""
    return len(names("/run/netns", f"cdn-{instance_of(data)}-"))


def mounts(run):
    """In the host's own mount namespace: what containers mount for themselves goes with their namespaces."""
    return sum(str(run) in line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines())


def processes_of(instance, pid):
    """Of the dynos, their monitors and the platform's own children, zombies too; those of the database apart."""
    own = set()
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            command = pathlib.Path("/proc", process, "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            group = pathlib.Path("/proc", process, "cgroup").read_text()
            parent = pathlib.Path("/proc", process, "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue
        if f"/run/celadon/{instance}" in command or f"celadon-{instance}" in group:
            own.add(process)
        elif parent == str(pid) and "postgres" not in command:
            own.add(process)
    return own


def loops(data):
    listed = subprocess.run(["losetup", "-n", "-O", "BACK-FILE"], capture_output=True, text=True, check=True).stdout
    return sum(line.startswith(str(data)) for line in listed.splitlines())


def heap(pid):
    subprocess.run(["jcmd", str(pid), "GC.run"], capture_output=True, check=True)
    shown = subprocess.run(["jcmd", str(pid), "GC.heap_info"], capture_output=True, text=True, check=True).stdout
    return round(sum(int(used) for used in re.findall(r"generation\s+total \d+K, used (\d+)K", shown)) / 1024)


def files(directory):
    return sum(len(found) for _, _, found in os.walk(directory))


def names(directory, prefix=""):
    return [name for name in os.listdir(directory) if name.startswith(prefix)] if os.path.isdir(directory) else []


def link(path):
    try:
        return os.readlink(path)
    except OSError:
        return None


def left_of(instance):
    """Everything on the host that carries the name of a platform that is gone."""
    left = [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if instance in line]
    left += names("/run/netns", f"cdn-{instance}-") + [name for name in names("/sys/class/net") if instance in name]
    left += [os.path.join(where, name) for where, folders, _ in os.walk("/sys/fs/cgroup") for name in folders
             if f"celadon-{instance}" in name]
    left += [str(path) for path in [pathlib.Path("/run/celadon", instance)] if path.exists()]
    left += sorted(processes_of(instance, -1))
    tables = subprocess.run(["nft", "list", "tables"], capture_output=True, text=True).stdout
    return left + [line for line in tables.splitlines() if instance in line]
