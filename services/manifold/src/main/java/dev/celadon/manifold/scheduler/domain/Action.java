package dev.celadon.manifold.scheduler.domain;

/** What the scheduler does next for an app. */
public sealed interface Action {
    /** Another dyno of this name under the wanted release. */
    record Start(Wanted.Type type, String name) implements Action {}

    /** Take it out of the routing table; it is stopped once routers know. */
    record Retire(Dyno dyno) implements Action {}

    /** The release does not come up: the old dynos serve on. */
    record Fail(String reason) implements Action {}
}
