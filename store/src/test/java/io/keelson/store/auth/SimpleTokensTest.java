package io.keelson.store.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.keelson.proto.etcd.User;
import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import io.keelson.store.mvcc.Change;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SimpleTokensTest {

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final SimpleTokens tokens = new SimpleTokens(Duration.ofSeconds(10), now::get);

    private static AuthState state(boolean enabled, long revision, String... namesAndPasswords) {
        var users = new TreeMap<String, User>();
        for (int i = 0; i < namesAndPasswords.length; i += 2) {
            users.put(
                    namesAndPasswords[i],
                    User.newBuilder()
                            .setName(ByteString.copyFromUtf8(namesAndPasswords[i]))
                            .setPassword(ByteString.copyFromUtf8(namesAndPasswords[i + 1]))
                            .build());
        }
        return new AuthState(enabled, revision, users, new TreeMap<>());
    }

    private void assign(String token, String user) {
        tokens.applied(List.of(new Change.TokenAssigned(token, user)));
    }

    private void pass(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void aTokenStandsForItsUserAtTheRevisionOfNow() {
        assign("t.1", "ann");
        assertThat(tokens.caller("t.1", state(true, 7))).contains(Caller.user("ann", 7));
        assertThat(tokens.caller("t.2", state(true, 7))).isEmpty();
    }

    @Test
    void useKeepsATokenAndDisuseEndsIt() {
        assign("used", "ann");
        assign("unused", "ann");
        pass(Duration.ofSeconds(9));
        assertThat(tokens.caller("used", AuthState.NEW)).isPresent();
        pass(Duration.ofSeconds(9));
        assertThat(tokens.caller("used", AuthState.NEW)).isPresent();
        assertThat(tokens.caller("unused", AuthState.NEW)).isEmpty();
        assign("another", "ann");
        pass(Duration.ofSeconds(11));
        assign("last", "ann");
        assertThat(tokens.count()).as("what has run out is not kept").isEqualTo(1);
    }

    @Test
    void tokensOfUsersThatGoOrHaveAnotherPasswordAreVoid() {
        assign("a", "ann");
        assign("b", "bob");
        assign("c", "cat");
        AuthState before = state(true, 3, "ann", "1", "bob", "1", "cat", "1");
        tokens.applied(List.of(new Change.Auth(before, state(true, 4, "ann", "1", "cat", "2"))));
        assertThat(tokens.caller("a", before)).isPresent();
        assertThat(tokens.caller("b", before)).isEmpty();
        assertThat(tokens.caller("c", before)).isEmpty();
    }

    @Test
    void disablingForgetsAll() {
        assign("a", "ann");
        AuthState on = state(true, 3, "ann", "1");
        tokens.applied(List.of(new Change.Auth(on, state(false, 4, "ann", "1"))));
        assertThat(tokens.count()).isZero();
    }

    @Test
    void theNumberOfTokensIsBounded() {
        for (int i = 0; i <= SimpleTokens.MAX_TOKENS; i++) {
            assign("t." + i, "ann");
        }
        assertThat(tokens.count()).isEqualTo(SimpleTokens.MAX_TOKENS);
        assertThat(tokens.caller("t.0", AuthState.NEW)).as("the oldest").isEmpty();
        assertThat(tokens.caller("t." + SimpleTokens.MAX_TOKENS, AuthState.NEW)).isPresent();
    }

    @Test
    void secretsAreSixteenLettersAndDiffer() {
        String one = tokens.secret();
        assertThat(one).matches("[a-zA-Z]{16}").isNotEqualTo(tokens.secret());
    }
}
