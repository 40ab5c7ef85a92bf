package dev.celadon.api.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.apps.Apps;
import dev.celadon.api.domain.DynoSize;
import dev.celadon.api.http.Answer;
import dev.celadon.api.http.ApiException;
import dev.celadon.api.http.Endpoints;
import dev.celadon.api.http.Representation;
import dev.celadon.api.http.Request;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What the platform offers: regions, stacks and dyno sizes; and the empty lists of what it does not have. */
public final class Catalog {
    /** Since the platform's first version these do not change. */
    private static final String TIME = "2026-11-01T00:00:00Z";

    /** The stacks there were, oldest first; only the last takes new apps. */
    private static final List<String> ENDED_STACKS = List.of("aspen-mri-1.8.6", "bamboo-mri-1.9.2", "bamboo-ree-1.8.7");

    private final Apps apps;

    public Catalog(Apps apps) {
        this.apps = apps;
    }

    public void mount(Endpoints endpoints) {
        mount(endpoints, "/regions", "region", List.of(region()));
        mount(endpoints, "/stacks", "stack", stacks());
        mount(endpoints, "/dyno-sizes", "dyno size", sizes());
        endpoints.add(
                HttpMethod.GET,
                "/apps/:app/available-stacks",
                request -> apps.find(request).map(app -> Answer.list(List.of(stack(Apps.STACK, true)), "name", "id")));
        endpoints.add(HttpMethod.GET, "/teams", request -> Future.succeededFuture(Answer.list(List.of(), "id")));
    }

    private static void mount(Endpoints endpoints, String path, String kind, List<ObjectNode> all) {
        endpoints.add(HttpMethod.GET, path, request -> Future.succeededFuture(Answer.list(all, "name", "id")));
        endpoints.add(
                HttpMethod.GET, path + "/:id", request -> Future.succeededFuture(Answer.ok(one(request, kind, all))));
    }

    private static ObjectNode one(Request request, String kind, List<ObjectNode> all) {
        String asked = request.parameter("id");
        return all.stream()
                .filter(item -> item.get("id").asText().equals(asked)
                        || item.get("name").asText().equalsIgnoreCase(asked))
                .findFirst()
                .orElseThrow(() -> ApiException.notFound(kind));
    }

    private static ObjectNode region() {
        ObjectNode json = Representation.named(Representation.idOf("region " + Apps.REGION), Apps.REGION);
        json.put("country", "")
                .put("locale", "")
                .put("description", "This platform")
                .put("private_capable", false);
        json.putObject("provider").put("name", "celadon").put("region", Apps.REGION);
        return json.put("created_at", TIME).put("updated_at", TIME);
    }

    private static List<ObjectNode> stacks() {
        return Stream.concat(ENDED_STACKS.stream().map(name -> stack(name, false)), Stream.of(stack(Apps.STACK, true)))
                .toList();
    }

    private static ObjectNode stack(String name, boolean isOffered) {
        return Representation.named(Representation.idOf("stack " + name), name)
                .put("default", isOffered)
                .put("state", isOffered ? "public" : "deprecated")
                .put("created_at", TIME)
                .put("updated_at", TIME);
    }

    private static List<ObjectNode> sizes() {
        return Arrays.stream(DynoSize.values())
                .map(size -> {
                    ObjectNode json =
                            Representation.named(Representation.idOf("dyno size " + size.word()), size.word());
                    json.put("architecture", "amd64").put("compute", size.compute());
                    json.put("memory", size.memoryMb() / 1024.0)
                            .put("dedicated", false)
                            .put("can_autoscale", false);
                    json.put("precise_dyno_units", (double) size.compute()).put("dyno_units", size.compute());
                    json.putNull("cost").put("private_space_only", false);
                    json.set("generation", Representation.named(Representation.idOf("generation cedar"), "cedar"));
                    return json;
                })
                .toList();
    }
}
