"""What a hostile app tries from inside its dyno. Prints `<probe> stopped` or `<probe> LEAKED <how>`, a line each.

The environment names what there is to reach: HOST_FILE, HOST_PID, HOST_ADDRESSES, HOST_PORT, NEIGHBOUR (address:port),
NEIGHBOUR_UID and SECRET, a word that lies in the neighbour's environment and files only.
"""
import ctypes, errno, glob, os, resource, signal, socket, stat, struct, sys

libc = ctypes.CDLL(None, use_errno=True)
SECRET = os.environ["SECRET_HALF"] + "-neighbour"
HOST_PID = int(os.environ["HOST_PID"])


class Leaked(Exception):
    pass


def refused(number, *arguments):
    """The system call must fail; a refusal is an error that says so, not one that found fault with the arguments."""
    ctypes.set_errno(0)
    result = libc.syscall(number, *arguments)
    if result != -1:
        raise Leaked(f"syscall {number} gave {result}")
    if ctypes.get_errno() not in (errno.EPERM, errno.EACCES, errno.ENOSYS, errno.EAFNOSUPPORT, errno.EROFS, errno.ESRCH):
        raise Leaked(f"syscall {number} was looked at: {errno.errorcode[ctypes.get_errno()]}")


def unreadable(*paths):
    for path in paths:
        try:
            with open(path, "rb") as file:
                content = file.read(4096)
        except OSError:
            continue
        if content:
            raise Leaked(f"{path} reads {content[:60]!r}")


def unwritable(*paths, text=b"1"):
    for path in paths:
        try:
            with open(path, "wb", buffering=0) as file:
                file.write(text)
        except OSError:
            continue
        raise Leaked(f"{path} was written")


def unreachable(address, port):
    with socket.socket() as connection:
        connection.settimeout(3)
        if connection.connect_ex((address, port)) == 0:
            raise Leaked(f"{address}:{port} answers")


def host_files():
    unreadable(os.environ["HOST_FILE"], "/etc/shadow", "/etc/gshadow", "/root/.bashrc", "/root/.bash_history",
               f"/proc/1/root{os.environ['HOST_FILE']}", f"/proc/self/cwd/../../..{os.environ['HOST_FILE']}",
               f"/proc/{HOST_PID}/root/etc/shadow", "/etc/ssh/ssh_host_ed25519_key")
    unwritable("/usr/bin/probe", "/etc/probe", "/usr/bin/env", "/probe")
    # A handle of the root's own inode would reach past every mount.
    handle = struct.pack("IIQII", 8, 1, 2, 0, 0)
    refused(304, os.open("/app", os.O_RDONLY), handle, os.O_RDONLY)


def host_processes():
    own = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    if len(own) > 10:
        raise Leaked(f"{len(own)} processes are seen")
    for pid in own:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            words = file.read()
        if b"java" in words or b"conmon" in words:
            raise Leaked(f"process {pid} is {words!r}")
    for pid in (HOST_PID, HOST_PID + 1):
        if pid not in own:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                continue
            raise Leaked(f"process {pid} of the host takes signals")


def other_dynos_files():
    for pattern in ("/run/celadon/*", "/run/*/c/*", "/app/../*/disk/*", "/proc/*/root/app/secret"):
        for path in glob.glob(pattern):
            unreadable(path)
            if os.path.isdir(path):
                raise Leaked(f"{path} is seen")
    for directory in ("/app", "/tmp", "/var/tmp", "/dev/shm", "/run"):
        for folder, _, files in os.walk(directory):
            for name in files:
                path = os.path.join(folder, name)
                if stat.S_ISREG(os.lstat(path).st_mode) and not path.startswith("/tmp/probes"):
                    with open(path, "rb") as file:
                        if SECRET.encode() in file.read(1 << 20):
                            raise Leaked(f"{path} holds the neighbour's secret")


def environment():
    for path in glob.glob("/proc/*/environ"):
        try:
            with open(path, "rb") as file:
                words = file.read()
        except OSError:
            continue
        if SECRET.encode() in words or b"CELADON" in words:
            raise Leaked(f"{path} is another's")


def ports():
    address, port = os.environ["NEIGHBOUR"].split(":")
    unreachable(address, int(port))
    try:
        with socket.socket() as low:
            low.bind(("0.0.0.0", 80))
        raise Leaked("port 80 was bound")
    except PermissionError:
        pass


def control_ports():
    for address in os.environ["HOST_ADDRESSES"].split(",") + ["127.0.0.1", "169.254.169.254"]:
        for port in (int(os.environ["HOST_PORT"]), 22, 80):
            unreachable(address, port)
    for name in glob.glob("/proc/net/unix"):
        with open(name) as file:
            if "celadon" in file.read():
                raise Leaked("the host's sockets are listed")


def mount():
    refused(165, b"none", b"/tmp", b"tmpfs", 0, 0)
    refused(165, b"/", b"/tmp", 0, 4096, 0)
    refused(166, b"/proc/kcore", 0)
    refused(155, b"/app", b"/app")
    refused(161, b"/tmp")
    refused(428, -100, b"/", 1)
    refused(429, -100, b"", -100, b"", 0)
    refused(430, b"tmpfs", 0)
    refused(442, -100, b"/", 0, 0, 0)


def mknod():
    for path, device in (("/tmp/disk", os.makedev(254, 0)), ("/tmp/mem", os.makedev(1, 1)), ("/tmp/kmsg", os.makedev(1, 11))):
        for kind in (stat.S_IFBLK, stat.S_IFCHR):
            try:
                os.mknod(path, 0o666 | kind, device)
            except PermissionError:
                continue
            raise Leaked(f"{path} was made")
    unreadable("/dev/vda", "/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/kvm", "/dev/fuse", "/dev/loop0", "/dev/net/tun")


def ptrace():
    for pid in (HOST_PID, os.getppid() + 100_000):
        refused(101, 16, pid, 0, 0)
    refused(310, os.getpid(), 0, 0, 0, 0, 0)
    refused(311, os.getpid(), 0, 0, 0, 0, 0)
    refused(438, 3, 0, 0)
    refused(312, os.getpid(), os.getpid(), 0, 0, 0)


def raw_sockets():
    for family, kind, protocol in ((socket.AF_INET, socket.SOCK_RAW, 1), (socket.AF_INET6, socket.SOCK_RAW, 58),
                                   (socket.AF_INET, socket.SOCK_RAW, 255), (17, socket.SOCK_RAW, 0x300),
                                   (17, socket.SOCK_DGRAM, 0x300)):
        try:
            socket.socket(family, kind, protocol).close()
        except OSError:
            continue
        raise Leaked(f"a raw socket of family {family} was opened")


def odd_sockets():
    # AF_ALG, vsock, key, XDP, Bluetooth, CAN, RDS, TIPC; and netlink but for routes: audit, firewall, events.
    for family, protocol in ((38, 0), (40, 0), (15, 2), (44, 0), (31, 0), (29, 1), (21, 0), (30, 0),
                             (16, 9), (16, 12), (16, 15), (16, 6), (16, 16)):
        try:
            socket.socket(family, socket.SOCK_RAW, protocol).close()
        except OSError:
            try:
                socket.socket(family, socket.SOCK_SEQPACKET if family != 16 else socket.SOCK_DGRAM, protocol).close()
            except OSError:
                continue
        raise Leaked(f"a socket of family {family}, protocol {protocol} was opened")
    socket.socket(16, socket.SOCK_RAW, 0).close()


def cgroup_writes():
    for directory, _, files in os.walk("/sys"):
        if files or directory != "/sys":
            raise Leaked(f"{directory} is there")
    with open("/proc/self/mountinfo") as file:
        if "cgroup" in file.read():
            raise Leaked("a cgroup file system is mounted")
    unwritable("/proc/self/oom_score_adj", text=b"-500")
    unwritable("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/pid_max", "/proc/sys/vm/overcommit_memory",
               "/proc/sysrq-trigger", "/proc/sys/net/ipv4/ip_forward", "/proc/irq/default_smp_affinity")


def kernel_logs():
    refused(103, 3, ctypes.create_string_buffer(100), 100)
    unreadable("/dev/kmsg", "/proc/kmsg", "/proc/kcore", "/proc/kallsyms", "/proc/cmdline", "/proc/keys",
               "/proc/timer_list", "/proc/interrupts", "/sys/kernel/notes", "/boot/config")


def module_load():
    refused(175, ctypes.create_string_buffer(100), 100, b"")
    refused(313, os.open("/app", os.O_RDONLY), b"", 0)
    refused(176, b"loop", 0)
    refused(246, 0, 0, 0, 0)
    refused(320, 0, 0, 0, 0, 0)


def become_root():
    if os.getuid() == 0 or os.geteuid() == 0:
        raise Leaked("it is root")
    with open("/proc/self/status") as file:
        status = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    if int(status["CapEff"], 16) or int(status["CapBnd"], 16) or status["NoNewPrivs"].strip() != "1":
        raise Leaked("it has capabilities, or may gain them")
    for change in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setuid(int(os.environ["NEIGHBOUR_UID"])),
                   lambda: os.setgroups([0]), lambda: os.chown("/tmp", 0, 0)):
        try:
            change()
        except OSError:
            continue
        raise Leaked("its identity changed")
    for program in ("su", "sudo", "mount", "passwd", "newuidmap", "ping"):
        for directory in ("/usr/bin", "/usr/sbin"):
            path = os.path.join(directory, program)
            if os.path.exists(path) and not os.statvfs(path).f_flag & os.ST_NOSUID:
                raise Leaked(f"{path} may lend rights")


def namespaces():
    for flag in (0x10000000, 0x00020000, 0x40000000, 0x08000000, 0x04000000, 0x20000000, 0x02000000):
        refused(272, flag)
        refused(56, flag | signal.SIGCHLD, 0, 0, 0, 0)
    refused(435, ctypes.create_string_buffer(88), 88)
    refused(308, os.open("/proc/self/ns/net", os.O_RDONLY), 0)
    refused(308, os.open("/proc/1/ns/mnt", os.O_RDONLY), 0)


def kernel_surface():
    # add_key, request_key, keyctl; bpf; io_uring; perf; userfaultfd; modify_ldt; iopl; swapon; settimeofday; reboot
    for number, arguments in ((248, (b"user", b"x", b"y", 1, -3)), (249, (b"user", b"x", 0, -3)), (250, (0, -3, 0)),
                              (321, (5, 0, 0)), (425, (4, 0)), (426, (0, 0, 0, 0, 0, 0)), (427, (0, 0, 0, 0)),
                              (298, (0, 0, -1, -1, 0)), (323, (1,)), (154, (0, 0, 0)), (172, (3,)), (167, (b"/tmp", 0)),
                              (164, (0, 0)), (169, (0, 0, 0, 0)), (279, (0, 0, 0, 0, 0, 0)), (300, (0, 0)), (163, (0,)),
                              (227, (0, 0)), (170, (b"x", 1)), (212, (0, 0, 0))):
        refused(number, *arguments)


def x32_calls():
    child = os.fork()
    if child == 0:
        libc.syscall(0x40000000 | 39)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise Leaked("a call of another architecture returned")


def more_rights():
    for name, limit in (("files", resource.RLIMIT_NOFILE), ("locked memory", resource.RLIMIT_MEMLOCK)):
        _, most = resource.getrlimit(limit)
        try:
            resource.setrlimit(limit, (most + 1, most + 1))
        except (ValueError, OSError):
            continue
        raise Leaked(f"the limit of {name} was raised")
    for change in (lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10)),
                   lambda: os.setpriority(os.PRIO_PROCESS, 0, -5)):
        try:
            change()
        except OSError:
            continue
        raise Leaked("its priority was raised")


PROBES = [host_files, host_processes, other_dynos_files, environment, ports, control_ports, mount, mknod, ptrace,
          raw_sockets, odd_sockets, cgroup_writes, kernel_logs, module_load, become_root, namespaces, kernel_surface,
          x32_calls, more_rights]

for probe in PROBES:
    name = probe.__name__.replace("_", " ")
    try:
        probe()
        print(name, "stopped", flush=True)
    except Exception as leak:
        print(name, "LEAKED", type(leak).__name__, leak, flush=True)
