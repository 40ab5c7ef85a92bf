package dev.celadon.manifold.oneoffs.domain;

import dev.celadon.contract.DynoState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What is to be done about one-off dynos. Each is ordered once and never again: a command that may have begun is not
 * repeated, so one that is lost with its node has ended.
 */
public record OneOffPlan(List<Wish> starts, List<Wish> neverStarted, List<OneOff> stops, List<OneOff> lost) {
    public OneOffPlan {
        starts = List.copyOf(starts);
        neverStarted = List.copyOf(neverStarted);
        stops = List.copyOf(stops);
        lost = List.copyOf(lost);
    }

    /**
     * @param known ids of wishes that were ordered, also those that have ended
     * @param running placed and not ended
     * @param silentNodes from which nothing was heard for too long
     */
    public static OneOffPlan of(List<Wish> wishes, Set<UUID> known, List<OneOff> running, Set<String> silentNodes) {
        Map<UUID, Wish> wanted = new HashMap<>();
        List<Wish> starts = new ArrayList<>();
        List<Wish> neverStarted = new ArrayList<>();
        for (Wish wish : wishes) {
            wanted.put(wish.id(), wish);
            if (!known.contains(wish.id())) {
                (wish.isToStop() ? neverStarted : starts).add(wish);
            }
        }
        List<OneOff> stops = new ArrayList<>();
        List<OneOff> lost = new ArrayList<>();
        for (OneOff oneOff : running) {
            Wish wish = wanted.get(oneOff.id());
            if (silentNodes.contains(oneOff.nodeId())) {
                lost.add(oneOff);
            } else if ((wish == null || wish.isToStop()) && oneOff.state() != DynoState.STOPPING) {
                // Without a wish its app was deleted.
                stops.add(oneOff);
            }
        }
        return new OneOffPlan(starts, neverStarted, stops, lost);
    }
}
