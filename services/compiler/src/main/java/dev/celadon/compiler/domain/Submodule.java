package dev.celadon.compiler.domain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Another repository's commit that belongs at a path of the pushed tree; it is not part of the push. */
public record Submodule(SourcePath path, String url, String commit) {
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern SETTING = Pattern.compile("(path|url)\\s*=\\s*\"?([^\"]*)\"?");
    private static final Pattern URL = Pattern.compile("(https?|git)://[!-~]+");
    private static final Pattern ONE_LINE = Pattern.compile("[^\\p{Cntrl}]+");

    /**
     * @param gitmodules text of the root's {@code .gitmodules}
     * @param commits by the path they belong at
     * @throws BuildRejected when it is not said where one is to be fetched from
     */
    public static List<Submodule> of(String gitmodules, Map<SourcePath, String> commits) {
        Map<String, String> urls = urls(gitmodules);
        List<Submodule> submodules = new ArrayList<>();
        commits.forEach((path, commit) -> {
            String url = urls.getOrDefault(path.toString(), "");
            if (!URL.matcher(url).matches()
                    || !COMMIT.matcher(commit).matches()
                    || !ONE_LINE.matcher(path.toString()).matches()) {
                throw new BuildRejected("submodule install failed: " + printable(path.toString()) + " has the URL \""
                        + printable(url) + "\" in .gitmodules (expected: http, https or git)");
            }
            submodules.add(new Submodule(path, url, commit));
        });
        return submodules;
    }

    private static Map<String, String> urls(String gitmodules) {
        Map<String, String> urls = new HashMap<>();
        Map<String, String> section = new HashMap<>();
        for (String line : gitmodules.lines().map(String::strip).toList()) {
            if (line.startsWith("[")) {
                section.clear();
            }
            Matcher setting = SETTING.matcher(line);
            if (setting.matches()) {
                section.put(setting.group(1), setting.group(2).strip());
                urls.put(section.getOrDefault("path", ""), section.getOrDefault("url", ""));
            }
        }
        return urls;
    }

    private static String printable(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= 100 ? printable : printable.substring(0, 100) + "...";
    }
}
