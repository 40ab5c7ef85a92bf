package dev.celadon.gitreceiver.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PushTextTest {
    private final PushText text = new PushText("Heroku");

    @Test
    void arrowsTakeSixCharactersAndDetailsAreIndented() {
        assertThat(text.receiving()).isEqualTo("-----> Heroku receiving push");
        assertThat(text.launched(13)).isEqualTo("-----> Launching... done, v13");
        assertThat(text.deployed("http://a.localhost:5000/"))
                .isEqualTo("       http://a.localhost:5000 deployed to Heroku");
        assertThat(text.deployed("http://a.localhost")).isEqualTo("       http://a.localhost deployed to Heroku");
    }

    @Test
    void failuresBeginWithABang() {
        assertThat(text.rejected("slug too large")).isEqualTo(" !     Heroku push rejected, slug too large");
        assertThat(text.notUp(13, "it crashed")).isEqualTo(" !     v13 did not come up: it crashed");
        assertThat(text.serves(12)).isEqualTo(" !     v12 serves on.");
    }
}
