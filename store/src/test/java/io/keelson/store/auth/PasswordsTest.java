package io.keelson.store.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.keelson.store.KvException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PasswordsTest {

    private final Passwords passwords = new Passwords(4);

    @AfterEach
    void close() {
        passwords.close();
    }

    @Test
    void aHashIsSaltedAndIsThatOfItsPasswordOnly() {
        String hash = passwords.hash("secret").join();
        assertThat(hash)
                .startsWith("$2a$04$")
                .isNotEqualTo(passwords.hash("secret").join());
        assertThat(passwords.matches(hash, "secret").join()).isTrue();
        assertThat(passwords.matches(hash, "Secret").join()).isFalse();
        assertThat(passwords.matches(hash, "").join()).isFalse();
        assertThat(passwords.matchesNobody("secret").join()).isFalse();
    }

    /** They differ in the name of the version only. */
    @Test
    void hashesOfOthersAreUnderstood() {
        String hash = passwords.hash("foobar").join();
        for (String version : new String[] {"$2a$", "$2b$", "$2y$"}) {
            assertThat(passwords.matches(version + hash.substring(4), "foobar").join())
                    .as(version)
                    .isTrue();
        }
    }

    @Test
    void whatIsNoHashIsNobodysPassword() {
        for (String hash : new String[] {"", "secret", "$2a$10$short", "$9z$10$" + "a".repeat(53)}) {
            assertThat(passwords.matches(hash, "secret").join()).as(hash).isFalse();
        }
    }

    @Test
    void aPasswordThatBcryptWouldCutIsRefused() {
        assertThat(passwords.hash("x".repeat(72)).join()).isNotEmpty();
        assertThatThrownBy(() -> passwords.hash("x".repeat(73)).join())
                .hasCauseInstanceOf(KvException.class)
                .hasMessageContaining("bcrypt: password length exceeds 72 bytes");
    }
}
