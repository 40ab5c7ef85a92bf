package dev.celadon.gitreceiver.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.celadon.gitreceiver.domain.AppPath.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppPathTest {
    @Test
    void theThreeResourcesAreFound() {
        assertThat(AppPath.parse("GET", "/my-app.git/info/refs")).contains(new AppPath("my-app", Resource.REFS));
        assertThat(AppPath.parse("POST", "/my-app.git/git-receive-pack"))
                .contains(new AppPath("my-app", Resource.RECEIVE_PACK));
        assertThat(AppPath.parse("POST", "/my-app/git-upload-pack"))
                .contains(new AppPath("my-app", Resource.UPLOAD_PACK));
    }

    @Test
    void theMethodMustFit() {
        assertThat(AppPath.parse("GET", "/my-app.git/git-receive-pack")).isEmpty();
        assertThat(AppPath.parse("POST", "/my-app.git/info/refs")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/../etc.git/info/refs",
                "/My-App.git/info/refs",
                "/a.git/info/refs",
                "/1app.git/info/refs",
                "/app-.git/info/refs",
                "/a/b.git/info/refs",
                "/app.git/HEAD",
                "/app%2f.git/info/refs",
                "/a123456789012345678901234567890.git/info/refs"
            })
    void whatIsNoAppNameIsNoPath(String path) {
        assertThat(AppPath.parse("GET", path)).isEmpty();
    }
}
