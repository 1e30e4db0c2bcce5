package io.keelson.cli.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScreenTest {

    @Test
    void rowsComeBeforeColumns() {
        assertThat(Screen.parse("33 99\n")).contains(new Screen.Size(99, 33));
    }

    @Test
    void aTerminalWithoutASizeHasNone() {
        assertThat(Screen.parse("0 0")).isEmpty();
        assertThat(Screen.parse("")).isEmpty();
        assertThat(Screen.parse("stty: no")).isEmpty();
    }
}
