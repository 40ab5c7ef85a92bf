package dev.celadon.contract;

/**
 * A request with one reply on the bus: idempotent by the id it carries, answered within its deadline or repeated once.
 *
 * @param address {@code <receiver>.<verb>}; a command to one node appends {@code .<node id>}
 */
public record Command<Q, A>(String address, int version, Class<Q> request, Class<A> reply) {
    public static final Command<StartDyno, Accepted> START_DYNO =
            new Command<>("agent.start-dyno", 1, StartDyno.class, Accepted.class);
    public static final Command<StopDyno, Accepted> STOP_DYNO =
            new Command<>("agent.stop-dyno", 1, StopDyno.class, Accepted.class);
    public static final Command<ProbeDyno, Probed> PROBE_DYNO =
            new Command<>("agent.probe-dyno", 1, ProbeDyno.class, Probed.class);
    public static final Command<StartOneOff, Accepted> START_ONE_OFF =
            new Command<>("agent.start-one-off", 1, StartOneOff.class, Accepted.class);
    public static final Command<StopDyno, Accepted> STOP_ONE_OFF =
            new Command<>("agent.stop-one-off", 1, StopDyno.class, Accepted.class);
    public static final Command<RestartDynos, Accepted> RESTART_DYNOS =
            new Command<>("scheduler.restart-dynos", 1, RestartDynos.class, Accepted.class);

    public String wireAddress() {
        return address + ".v" + version;
    }
}
