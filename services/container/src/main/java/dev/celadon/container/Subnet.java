package dev.celadon.container;

/** The addresses of a /20 network: slot 1 is the gateway, 2 to 4,093 are containers. */
record Subnet(int base) {
    static final int FIRST_SLOT = 2;
    static final int LAST_SLOT = 4_093;

    static Subnet of(String network) {
        String[] parts = network.split("/");
        String[] octets = parts[0].split("\\.");
        if (parts.length != 2 || !parts[1].equals("20") || octets.length != 4) {
            throw new ContainerUnavailable("CELADON_CONTAINER_NETWORK: " + network + " (expected: a.b.c.d/20)");
        }
        int base = 0;
        for (String octet : octets) {
            base = (base << 8) | Integer.parseInt(octet);
        }
        return new Subnet(base);
    }

    String address(int slot) {
        int address = base + slot;
        return (address >>> 24) + "." + ((address >>> 16) & 255) + "." + ((address >>> 8) & 255) + "."
                + (address & 255);
    }
}
