package dev.celadon.contract;

/** What the tar of a pushed tree says beyond its files. */
public final class SourceTars {
    /** PAX header of an empty directory: the commit of the submodule that belongs there. */
    public static final String SUBMODULE = "CELADON.submodule";

    private SourceTars() {}
}
