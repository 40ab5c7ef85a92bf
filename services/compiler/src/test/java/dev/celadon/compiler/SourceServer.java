package dev.celadon.compiler;

import dev.celadon.runtime.Platform;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Stands in for git-receiver's source tars and manifold's app uids, on real internal HTTP. */
final class SourceServer {
    static final int HOST_UID = 300_321;

    private final Platform platform;
    private final Map<String, Buffer> tars = new ConcurrentHashMap<>();

    SourceServer(Platform platform) {
        this.platform = platform;
        platform.internal().router().get("/git/:name/source.tar").handler(context -> {
            Buffer tar = tars.get(context.pathParam("name"));
            if (tar == null) {
                context.response().setStatusCode(404).end();
            } else {
                context.response().end(tar);
            }
        });
        platform.internal()
                .router()
                .post("/manifold/app-uids/:id")
                .handler(context -> context.json(Map.of("hostUid", HOST_UID)));
    }

    /** Its source URL. */
    String offer(Map<String, String> files) throws IOException {
        String name = UUID.randomUUID().toString();
        tars.put(name, Buffer.buffer(tar(files)));
        return url(name);
    }

    private static byte[] tar(Map<String, String> files) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    /** As anybody's web server gives it out: zipped, in one directory, to whoever asks. */
    Buffer archive(Map<String, String> files) throws IOException {
        Map<String, String> below = new HashMap<>();
        files.forEach((path, content) -> below.put("repo-1.0/" + path, content));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(tar(below));
        }
        return Buffer.buffer(bytes.toByteArray());
    }

    String missing() {
        return url("missing");
    }

    private String url(String name) {
        return platform.internal().url() + "/git/" + name + "/source.tar";
    }
}
