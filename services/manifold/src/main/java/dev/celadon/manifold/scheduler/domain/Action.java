package dev.celadon.manifold.scheduler.domain;

/** What the scheduler does next for an app. */
public sealed interface Action {
    /** Another dyno of this name under the release. */
    record Start(Wanted release, Wanted.Type type, String name) implements Action {}

    /** It serves until its successor is up. */
    record Replace(Dyno dyno) implements Action {}

    /** Take it out of the routing table; it is stopped once routers know and are done with it. */
    record Retire(Dyno dyno) implements Action {}

    /** Its crash is nobody's business any more. */
    record Forget(Dyno dyno) implements Action {}

    /** The wanted release has its web dynos up and serves from now on. */
    record GoLive() implements Action {}

    /** The wanted release does not come up: the one before serves on. */
    record Fail(String reason) implements Action {}
}
