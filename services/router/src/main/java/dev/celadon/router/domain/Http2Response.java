package dev.celadon.router.domain;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.BiConsumer;

/** The fields of a response of HTTP/1.1 as HTTP/2 has them: names in lower case, none about the connection. */
public final class Http2Response {
    private Http2Response() {}

    public static void fields(ResponseHead head, BiConsumer<String, String> taker) {
        fields(head.fields, head.bytes, taker);
    }

    /** @param written by {@link Trailers} */
    public static void trailers(ByteWriter written, BiConsumer<String, String> taker) {
        Fields fields = new Fields();
        int afterSize = 3;
        fields.parse(written.bytes(), afterSize, written.length(), Limits.RESPONSE);
        fields(fields, written.bytes(), taker);
    }

    private static void fields(Fields fields, byte[] bytes, BiConsumer<String, String> taker) {
        for (int i = 0; i < fields.count(); i++) {
            if (!fields.kind(i).endsInResponses() || fields.kind(i) == Field.CONTENT_LENGTH) {
                String name = text(bytes, fields.nameStart(i), fields.nameEnd(i));
                taker.accept(name.toLowerCase(Locale.ROOT), text(bytes, fields.valueStart(i), fields.valueEnd(i)));
            }
        }
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}
