package dev.celadon.api.http;

import dev.celadon.contract.ErrorId;

/** An answer the API documents: its error id, the words for the user, and for 404 the kind of resource. */
public final class ApiException extends RuntimeException {
    private final ErrorId id;
    private final String resource;

    public ApiException(ErrorId id, String message) {
        this(id, message, "");
    }

    private ApiException(ErrorId id, String message, String resource) {
        super(message, null, false, false);
        this.id = id;
        this.resource = resource;
    }

    public ErrorId id() {
        return id;
    }

    /** Empty where the error is not about one. */
    public String resource() {
        return resource;
    }

    public static ApiException notFound(String resource) {
        return new ApiException(
                ErrorId.NOT_FOUND,
                "Couldn't find that " + resource + ".",
                resource.replace(' ', '_').replaceAll(":.*", ""));
    }

    public static ApiException invalid(String message) {
        return new ApiException(ErrorId.INVALID_PARAMS, message);
    }

    public static ApiException forbidden(String message) {
        return new ApiException(ErrorId.FORBIDDEN, message);
    }

    public static ApiException conflict(String message) {
        return new ApiException(ErrorId.CONFLICT, message);
    }
}
