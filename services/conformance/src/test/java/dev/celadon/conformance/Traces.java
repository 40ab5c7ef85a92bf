package dev.celadon.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a platform made on this host outside its data directory: mounts, interfaces, namespaces, cgroups, processes. */
final class Traces {
    private Traces() {}

    /** Everything that carries the instance's name. */
    static List<String> ofInstance(String instance) throws IOException {
        List<String> traces = containing(instance);
        Path run = Path.of("/run/celadon", instance);
        if (Files.exists(run)) {
            traces.add(run.toString());
        }
        return traces;
    }

    /** Mounts, interfaces, network namespaces, cgroups and processes whose name holds the text. */
    static List<String> containing(String text) throws IOException {
        List<String> traces = new ArrayList<>();
        Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .filter(line -> line.contains(text))
                .forEach(line -> traces.add("mount " + line));
        entries(Path.of("/sys/class/net"), text, 1).forEach(traces::add);
        entries(Path.of("/run/netns"), text, 1).forEach(traces::add);
        entries(Path.of("/sys/fs/cgroup"), text, 4).forEach(traces::add);
        ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(command -> command.contains("/run/celadon/") && command.contains(text))
                .forEach(command -> traces.add("process " + command));
        return traces;
    }

    private static List<String> entries(Path directory, String text, int depth) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(directory, depth)) {
            return found.filter(path -> path.getFileName().toString().contains(text))
                    .map(Path::toString)
                    .toList();
        } catch (java.io.UncheckedIOException vanished) {
            return entries(directory, text, depth);
        }
    }
}
