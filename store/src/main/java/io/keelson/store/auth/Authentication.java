package io.keelson.store.auth;

import io.keelson.store.StoreOptions;

/**
 * What a member needs to tell who somebody is.
 *
 * @param tokens who a token stands for
 * @param passwords makes and compares hashes
 */
public record Authentication(Tokens tokens, Passwords passwords) implements AutoCloseable {

    /**
     * As the operator wants it.
     *
     * @throws IllegalArgumentException if {@code --auth-token} cannot be read, or a file that it names; the message says which
     */
    public static Authentication of(StoreOptions.Auth options) {
        return new Authentication(TokenOptions.tokens(options), new Passwords(options.bcryptCost()));
    }

    @Override
    public void close() {
        passwords.close();
    }
}
