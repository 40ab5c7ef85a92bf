package dev.celadon.api.domain;

import java.util.Collection;
import java.util.Optional;
import java.util.Set;

/** What a token may be used for, in the words of OAuth's scopes. */
public enum Scope {
    /** Who the account is. */
    IDENTITY("identity"),
    /** Apps, but neither config vars nor releases' config. */
    READ("read"),
    WRITE("write"),
    /** Config vars, too. */
    READ_PROTECTED("read-protected"),
    WRITE_PROTECTED("write-protected"),
    /** Everything, the account and its authorizations included. */
    GLOBAL("global");

    private final String word;

    Scope(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    public static Optional<Scope> of(String word) {
        for (Scope scope : values()) {
            if (scope.word.equals(word)) {
                return Optional.of(scope);
            }
        }
        return Optional.empty();
    }

    /** Whether a token with these scopes may do what needs this one. */
    public boolean isWithin(Collection<String> granted) {
        return implying().stream().anyMatch(scope -> granted.contains(scope.word));
    }

    private Set<Scope> implying() {
        return switch (this) {
            case IDENTITY -> Set.of(values());
            case READ -> Set.of(READ, WRITE, READ_PROTECTED, WRITE_PROTECTED, GLOBAL);
            case WRITE -> Set.of(WRITE, WRITE_PROTECTED, GLOBAL);
            case READ_PROTECTED -> Set.of(READ_PROTECTED, WRITE_PROTECTED, GLOBAL);
            case WRITE_PROTECTED -> Set.of(WRITE_PROTECTED, GLOBAL);
            case GLOBAL -> Set.of(GLOBAL);
        };
    }
}
