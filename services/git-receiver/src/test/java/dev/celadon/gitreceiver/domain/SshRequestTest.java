package dev.celadon.gitreceiver.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SshRequestTest {
    @Test
    void theTwoCommandsOfGitAreRead() {
        assertThat(SshRequest.parse("git-receive-pack 'my-app.git'")).contains(new SshRequest(true, "my-app"));
        assertThat(SshRequest.parse("git-upload-pack 'my-app.git'")).contains(new SshRequest(false, "my-app"));
        assertThat(SshRequest.parse("git receive-pack '/my-app.git'")).contains(new SshRequest(true, "my-app"));
        assertThat(SshRequest.parse("git-upload-pack '/my-app.git/'")).contains(new SshRequest(false, "my-app"));
        assertThat(SshRequest.parse("git-upload-pack /my-app")).contains(new SshRequest(false, "my-app"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ls",
                "git-receive-pack",
                "git-receive-pack 'my-app.git",
                "git-receive-pack '../my-app.git'",
                "git-receive-pack 'my-app.git'; ls",
                "git-receive-pack 'my-app.git' 'other.git'",
                "git-receive-pack 'a/b.git'",
                "git-receive-pack 'My-App.git'",
                "git-upload-archive 'my-app.git'",
                "/usr/bin/git-receive-pack 'my-app.git'",
                "git-receive-pack 'my-app.git'\nls"
            })
    void everythingElseIsNothing(String command) {
        assertThat(SshRequest.parse(command)).isEmpty();
    }
}
