"""Runs one command and writes what it took, as JSON: {"exit", "late", "cpu", "wall", "peak_mb"}.

    python3 -S measure.py RESULT.json LOG LIMIT_SECONDS COMMAND...

A program of its own, and a small one, because Linux hands a process's peak resident set on to its children
(about 9 MB from here, 115 MB from a Python that has imported pandas). `cpu` is user + system seconds of the
command and of the children it waited for. Past the limit the command's process group is killed.
"""
import os
import signal
import sys
import time


def main():
    result, log, limit, *command = sys.argv[1:]
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    start = time.monotonic()
    child = os.posix_spawnp(command[0], command, os.environ, setpgroup=0,
                            file_actions=[(os.POSIX_SPAWN_DUP2, output, 1), (os.POSIX_SPAWN_DUP2, output, 2)])
    late = False

    def stop(number, _):
        nonlocal late
        late = number == signal.SIGALRM
        os.killpg(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, stop)
    signal.signal(signal.SIGTERM, stop)  # the benchmark was stopped: leave nothing running
    signal.setitimer(signal.ITIMER_REAL, float(limit))
    _, status, usage = os.wait4(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    with open(result, "w", encoding="utf-8") as file:
        file.write(f'{{"exit": {os.waitstatus_to_exitcode(status)}, "late": {str(late).lower()}, '
                   f'"cpu": {usage.ru_utime + usage.ru_stime:.6f}, "wall": {time.monotonic() - start:.6f}, '
                   f'"peak_mb": {usage.ru_maxrss / 1024:.3f}}}\n')


if __name__ == "__main__":
    main()
