package dev.celadon.gitreceiver.push;

import java.io.InputStream;
import java.io.OutputStream;

/**
 * The two streams to a git client, for a blocking thread.
 *
 * @param isTwoWay one conversation over one connection, as in SSH: the refs are told first; over HTTP they were asked
 *     for in a request of their own
 */
public record Wire(Peer peer, InputStream in, OutputStream out, boolean isTwoWay) {}
