package dev.celadon.conformance;

import java.util.Map;

/** The same with no event sent at all: slower, and still whole, because everybody also looks by himself. */
class PushToRunWithoutEventsTest extends PushToRunTest {
    @Override
    Map<String, String> settings() {
        return Map.of("CELADON_BUS_PUBLISH", "off", "CELADON_COMPILER_APPS_INTERVAL", "5s");
    }
}
