package dev.celadon.contract;

/** The ids of the API's errors, with the HTTP status each is served with (Platform API v3, "errors"). */
public enum ErrorId {
    BAD_REQUEST(400),
    UNAUTHORIZED(401),
    DELINQUENT(402),
    FORBIDDEN(403),
    SUSPENDED(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    NOT_ACCEPTABLE(406),
    CONFLICT(409),
    PRECONDITION_FAILED(412),
    PAYLOAD_TOO_LARGE(413),
    REQUESTED_RANGE_NOT_SATISFIABLE(416),
    INVALID_PARAMS(422),
    VERIFICATION_NEEDED(422),
    RATE_LIMIT(429),
    HEADERS_TOO_LARGE(431),
    INTERNAL_SERVER_ERROR(500),
    SERVICE_UNAVAILABLE(503);

    private final int status;

    ErrorId(int status) {
        this.status = status;
    }

    public int status() {
        return status;
    }

    public String id() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
