package dev.celadon.router.domain;

/** The fields after the last chunk: those a router knows have no place there and end here (RFC 9110 section 6.5.1). */
public final class Trailers {
    private Trailers() {}

    /**
     * @param to right after the empty line
     * @throws Malformed when it is no field section
     */
    public static void write(byte[] bytes, int to, ByteWriter out) {
        Fields fields = new Fields();
        if (fields.parse(bytes, 0, to, Limits.REQUEST) != to) {
            throw new Malformed("a trailer");
        }
        out.clear();
        out.append("0\r\n");
        for (int i = 0; i < fields.count(); i++) {
            if (fields.kind(i) == Field.OTHER) {
                out.append(bytes, fields.nameStart(i), fields.lineEnd(i));
            }
        }
        out.endLine();
    }
}
