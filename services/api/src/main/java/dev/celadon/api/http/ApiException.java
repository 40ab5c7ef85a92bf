package dev.celadon.api.http;

import dev.celadon.contract.ErrorId;

/** An answer the API documents: its error id and the words for the user. */
public final class ApiException extends RuntimeException {
    private final ErrorId id;

    public ApiException(ErrorId id, String message) {
        super(message, null, false, false);
        this.id = id;
    }

    public ErrorId id() {
        return id;
    }

    public static ApiException notFound(String what) {
        return new ApiException(ErrorId.NOT_FOUND, "Couldn't find that " + what + ".");
    }

    public static ApiException invalid(String message) {
        return new ApiException(ErrorId.INVALID_PARAMS, message);
    }
}
