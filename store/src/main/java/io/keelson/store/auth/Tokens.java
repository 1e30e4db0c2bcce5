package io.keelson.store.auth;

import io.keelson.store.mvcc.AuthState;
import io.keelson.store.mvcc.Caller;
import java.util.Optional;

/** Who a token stands for. Thread safe. */
public sealed interface Tokens permits SimpleTokens, JwtTokens {

    /**
     * The user that a token stands for, recognized at the auth revision that the token can vouch for.
     *
     * @param auth users and roles as they are now
     * @return empty if the token is unknown, has run out, or is not signed as it should be
     */
    Optional<Caller> caller(String token, AuthState auth);
}
