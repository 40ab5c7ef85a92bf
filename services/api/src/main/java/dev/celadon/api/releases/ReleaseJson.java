package dev.celadon.api.releases;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.celadon.api.http.Representation;

/** The one representation of a release. */
final class ReleaseJson {
    private ReleaseJson() {}

    /** @param outputUrl of its release phase; empty for none */
    static ObjectNode of(Release release, String outputUrl) {
        ObjectNode json = Representation.object()
                .put("id", release.id().toString())
                .put("version", release.version())
                .put("description", release.description())
                .put("status", release.status())
                .put("current", release.isCurrent())
                .put("eligible_for_rollback", release.canBeRolledBackTo());
        json.putArray("addon_plan_names");
        json.putArray("artifacts");
        json.set("app", Representation.named(release.appId(), release.appName()));
        json.set("user", Representation.user(release.accountId(), release.email()));
        json.set("slug", release.slugId() == null ? null : Representation.identified(release.slugId()));
        json.putNull("oci_image");
        json.put("output_stream_url", release.phaseId() == null || outputUrl.isEmpty() ? null : outputUrl);
        json.put("created_at", Representation.time(release.createdAt()));
        return json.put("updated_at", Representation.time(release.updatedAt()));
    }
}
