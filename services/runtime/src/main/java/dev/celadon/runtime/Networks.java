package dev.celadon.runtime;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Some networks of IPv4 or IPv6, such as {@code 169.254.0.0/16}. */
public record Networks(List<Network> all) {
    private static final String EXPECTED = "expected: networks such as 169.254.0.0/16,fe80::/10";
    private static final Pattern NETWORK =
            Pattern.compile("(?<address>[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)/(?<bits>[0-9]{1,3})");

    /** @param bits how many of the address's first bits belong to the network */
    public record Network(List<Byte> address, int bits) {
        boolean contains(byte[] other) {
            if (other.length != address.size()) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit % 8);
                if ((other[bit / 8] & mask) != (address.get(bit / 8) & mask)) {
                    return false;
                }
            }
            return true;
        }
    }

    /**
     * Reads {@code 169.254.0.0/16,fe80::/10}.
     *
     * @throws IllegalArgumentException when one is no network
     */
    public static Networks parse(String text) {
        return new Networks(Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(network -> !network.isEmpty())
                .map(Networks::network)
                .toList());
    }

    /**
     * An address of a host that somebody else names. To be connected to by address, so that the name leads nowhere else
     * a moment later. Blocks.
     *
     * @throws UnknownHostException in words for that somebody, also when the name leads to one of these networks
     */
    public InetAddress resolveOutside(String host) throws UnknownHostException {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException unknown) {
            throw new UnknownHostException("unknown host " + host);
        }
        for (InetAddress address : addresses) {
            if (contain(address.getAddress())) {
                throw new UnknownHostException(host + " is in a blocked network");
            }
        }
        return addresses[0];
    }

    /** @param address as {@code InetAddress.getAddress} gives it */
    public boolean contain(byte[] address) {
        byte[] plain = isIpv4InIpv6(address) ? Arrays.copyOfRange(address, 12, 16) : address;
        return all.stream().anyMatch(network -> network.contains(plain));
    }

    private static Network network(String text) {
        var parts = NETWORK.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(EXPECTED);
        }
        byte[] address;
        try {
            // Digits, points and colons only: a literal, never looked up.
            address = InetAddress.getByName(parts.group("address")).getAddress();
        } catch (UnknownHostException malformed) {
            throw new IllegalArgumentException(EXPECTED, malformed);
        }
        int bits = Integer.parseInt(parts.group("bits"));
        if (bits > address.length * 8) {
            throw new IllegalArgumentException(EXPECTED);
        }
        List<Byte> bytes = new ArrayList<>();
        for (byte each : address) {
            bytes.add(each);
        }
        return new Network(List.copyOf(bytes), bits);
    }

    private static boolean isIpv4InIpv6(byte[] address) {
        if (address.length != 16) {
            return false;
        }
        for (int i = 0; i < 10; i++) {
            if (address[i] != 0) {
                return false;
            }
        }
        return address[10] == -1 && address[11] == -1;
    }
}
