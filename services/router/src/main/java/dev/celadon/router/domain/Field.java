package dev.celadon.router.domain;

/** The header fields a router must know; all others pass as they are. */
enum Field {
    OTHER("", false, false),
    HOST("host", false, false),
    CONTENT_LENGTH("content-length", true, true),
    TRANSFER_ENCODING("transfer-encoding", true, true),
    CONNECTION("connection", true, true),
    KEEP_ALIVE("keep-alive", true, true),
    UPGRADE("upgrade", true, true),
    TE("te", true, true),
    PROXY_CONNECTION("proxy-connection", true, true),
    PROXY_AUTHENTICATE("proxy-authenticate", true, true),
    PROXY_AUTHORIZATION("proxy-authorization", true, true),
    EXPECT("expect", true, false),
    FORWARDED_FOR("x-forwarded-for", true, false),
    FORWARDED_PROTO("x-forwarded-proto", true, false),
    FORWARDED_PORT("x-forwarded-port", true, false),
    REQUEST_ID("x-request-id", true, false),
    REQUEST_START("x-request-start", true, false),
    CONNECT_TIME("connect-time", true, false),
    TOTAL_ROUTE_TIME("total-route-time", true, false),
    VIA("via", false, false),
    SET_COOKIE("set-cookie", false, false),
    /** A known name spelled with an underscore, which CGI's naming makes the same as the real one: it ends here. */
    ALIAS("", true, false);

    private static final Field[][] BY_HASH = new Field[128][0];

    static {
        for (Field field : values()) {
            if (!field.lowerCase.isEmpty()) {
                byte[] name = field.lowerCase.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                int hash = hash(name, 0, name.length);
                Field[] before = BY_HASH[hash];
                BY_HASH[hash] = java.util.Arrays.copyOf(before, before.length + 1);
                BY_HASH[hash][before.length] = field;
            }
        }
    }

    private final String lowerCase;
    private final boolean isOursInRequests;
    private final boolean isHopByHop;

    Field(String lowerCase, boolean isOursInRequests, boolean isHopByHop) {
        this.lowerCase = lowerCase;
        this.isOursInRequests = isOursInRequests;
        this.isHopByHop = isHopByHop;
    }

    /** Not passed from client to dyno: it ends here, or the router writes its own. */
    boolean endsInRequests() {
        return isOursInRequests;
    }

    /** Not passed from dyno to client. */
    boolean endsInResponses() {
        return isHopByHop;
    }

    static Field of(byte[] bytes, int from, int to) {
        for (Field candidate : BY_HASH[hash(bytes, from, to)]) {
            Field found = candidate.match(bytes, from, to);
            if (found != OTHER) {
                return found;
            }
        }
        return OTHER;
    }

    private Field match(byte[] bytes, int from, int to) {
        if (to - from != lowerCase.length()) {
            return OTHER;
        }
        boolean isAlias = false;
        for (int i = 0; i < lowerCase.length(); i++) {
            int c = HttpChars.lower(bytes[from + i]);
            if (c != lowerCase.charAt(i)) {
                if (c != '_' || lowerCase.charAt(i) != '-') {
                    return OTHER;
                }
                isAlias = true;
            }
        }
        return isAlias ? ALIAS : this;
    }

    private static int hash(byte[] bytes, int from, int to) {
        return ((to - from) * 11 + HttpChars.lower(bytes[from]) * 3 + HttpChars.lower(bytes[to - 1])) & 127;
    }
}
